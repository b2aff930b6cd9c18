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
