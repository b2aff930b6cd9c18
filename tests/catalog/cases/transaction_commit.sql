begin;
create table a (id int);
commit;
begin;
create table b (id int);
rollback;
create table c (id int);
commit;
rollback;
