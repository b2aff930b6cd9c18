alter default privileges revoke usage on types from public;
create type mood as enum ('a');
alter default privileges grant usage on schemas to anon;
create schema app;
alter default privileges in schema app grant usage on sequences to anon;
create sequence app.counter;
create table app.notes (id int generated always as identity);
-- refused: 0LP01
alter default privileges in schema app grant usage on schemas to anon;
-- refused: 0LP01
alter default privileges grant execute on tables to anon;
-- refused: 0LP01
alter default privileges grant select on tables to public with grant option;
-- refused: 3F000
alter default privileges in schema nowhere grant select on tables to anon;
