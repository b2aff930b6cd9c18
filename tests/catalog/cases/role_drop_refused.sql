create role reader;
create table notes (id int);
grant select on notes to reader;
-- refused: 2BP01
drop role reader;
revoke select on notes from reader;
create policy p on notes to reader using (true);
-- refused: 2BP01
drop role reader;
drop policy p on notes;
drop role reader;
