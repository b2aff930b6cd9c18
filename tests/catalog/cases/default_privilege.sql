-- case: global
alter default privileges grant select on tables to anon;
create schema app;
create table app.a (id int);
alter default privileges revoke select on tables from anon;
create table app.b (id int);

-- case: grant option
create schema app;
alter default privileges in schema app grant select on tables to anon with grant option;
create table app.a (id int);
alter default privileges in schema app revoke grant option for select on tables from anon;
create table app.b (id int);

-- case: in schema takes nothing built in
create schema app;
alter default privileges in schema app revoke execute on functions from public;
create function app.f() returns int language sql as 'select 1';
alter default privileges in schema public revoke execute on functions from public;
create function g() returns int language sql as 'select 1';

-- case: public functions
create function before() returns int language sql as 'select 1';
alter default privileges revoke execute on functions from public;
create function after() returns int language sql as 'select 1';
create schema app;
create function app.after() returns int language sql as 'select 1';
alter default privileges grant execute on functions to public;
create function app.again() returns int language sql as 'select 1';

-- case: revoked from api roles
alter default privileges for role postgres in schema public revoke all on tables from anon, authenticated;
alter default privileges in schema public revoke execute on functions from anon, authenticated, service_role;
alter default privileges in schema public revoke usage, select on sequences from anon;
create table notes (id serial);
create function f() returns int language sql as 'select 1';

-- case: schema
create schema app;
alter default privileges in schema app grant select on tables to anon;
create table app.a (id int);
create view app.v as select 1 as one;
alter default privileges in schema app grant all on tables to authenticated with grant option;
create table app.b (id int);
alter default privileges in schema app revoke select on tables from anon;
create table app.c (id int);
alter default privileges in schema app revoke all on tables from authenticated;
create table app.d (id int);

-- case: types sequences schemas
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
alter default privileges in schema nowhere revoke select on tables from anon;
