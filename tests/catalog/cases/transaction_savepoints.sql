begin;
create table a (id int);
savepoint one;
create table b (id int);
savepoint two;
drop table a;
rollback to two;
create policy p on a using (true);
rollback to savepoint one;
create table c (id int);
release savepoint one;
commit;
-- refused: 25P01
savepoint three;
-- refused: 25P01
rollback to one;
