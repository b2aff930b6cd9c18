create role reader;
create role other;
grant reader to other;
create table notes (id int);
grant select on notes to reader;
create policy p on notes to reader, anon using (true);
alter default privileges in schema public grant select on tables to reader;
alter role reader rename to viewer;
