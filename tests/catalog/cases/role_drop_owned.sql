create role reader;
grant reader to postgres;
create table notes (id int);
grant select on notes to reader;
create policy p on notes to reader using (true);
create policy q on notes to reader, anon using (true);
drop owned by reader;
drop role reader;
