-- case: role
create role reader nologin;
create user writer password 'secret';
create role boss createrole createdb login noinherit in role reader;
create role staff role writer;
grant reader to writer;
revoke reader from boss;
alter role reader createdb login;
alter role reader nologin inherit;
alter role reader set search_path = '', public;
alter role reader set statement_timeout = '5s';
alter role reader reset statement_timeout;
-- refused: 42710
create role reader;
-- refused: 42939
create role pg_mine;
-- refused: 0LP01
grant writer to staff;
drop role if exists nobody;
-- refused: 42704
drop role nobody;
drop role boss;

-- case: drop owned
create role reader;
grant reader to postgres;
create table notes (id int);
grant select on notes to reader;
create policy p on notes to reader using (true);
create policy q on notes to reader, anon using (true);
drop owned by reader;
drop role reader;

-- case: drop refused
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

-- case: reassign owned
create role joe;
grant joe to postgres;
grant create on schema public to joe;
create table notes (id int);
alter table notes owner to joe;
reassign owned by joe to postgres;

-- case: rename
create role reader;
create role other;
grant reader to other;
create table notes (id int);
grant select on notes to reader;
create policy p on notes to reader, anon using (true);
alter default privileges in schema public grant select on tables to reader;
alter role reader rename to viewer;
