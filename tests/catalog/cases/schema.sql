-- case: create
create schema app;
create schema if not exists app;
-- refused: 42P06
create schema app;
create role joe;
grant joe to postgres;
create schema authorization joe;
create schema held authorization joe;
-- refused: 42939
create schema pg_mine;

-- case: drop
create schema app;
create table app.notes (id int);
create table refers (id int, note int);
create view seen as select id from app.notes;
-- refused: 2BP01
drop schema app;
drop schema app cascade;
drop schema if exists app;
-- refused: 3F000
drop schema app;
create schema a;
create schema b;
drop schema a, b;

-- case: elements
create schema app
  create table notes (id serial primary key, body text)
  create view seen as select id from notes
  create index notes_body on notes (body)
  grant select on notes to anon;

-- case: owner
create role joe;
grant joe to postgres;
create schema app;
grant usage on schema app to anon, joe;
alter schema app owner to joe;

-- case: rename
create schema app;
create type app.mood as enum ('a');
create table app.notes (id serial primary key, m app.mood default 'a', check (id > 0));
create function app.f(m app.mood) returns app.mood language sql as 'select $1';
create view seen as select id, m from app.notes;
alter default privileges in schema app grant select on tables to anon;
create policy p on app.notes using (exists (select 1 from app.notes n where n.id = notes.id));
comment on table app.notes is 'kept';
comment on schema app is 'ours';
alter schema app rename to core;
-- refused: 42P06
alter schema core rename to public;
-- refused: 3F000
alter schema nowhere rename to x;
