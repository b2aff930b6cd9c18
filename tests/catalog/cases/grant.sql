-- case: all in schema
create schema app;
create table app.a (id int);
create table app.b (id serial);
create view app.v as select 1 as one;
create function app.f() returns int language sql as 'select 1';
create procedure app.p() language sql as 'select 1';
grant select on all tables in schema app to anon;
grant usage on all sequences in schema app to anon;
grant execute on all functions in schema app to anon;
revoke execute on all routines in schema app from public;
revoke select on all tables in schema app from anon;
create table app.later (id int);

-- case: columns
create table notes (id int, body text, secret text);
revoke all on notes from anon, authenticated;
grant select (id, body), update (body) on notes to anon;
grant select (id), insert on notes to authenticated;
revoke select (body) on notes from anon;
grant all (secret) on notes to service_role;
-- refused: 42703
grant select (nothing) on notes to anon;
-- refused: 0LP01
grant delete (id) on notes to anon;

-- case: from owner taken
create table notes (id int);
revoke all on notes from postgres;
grant select on notes to anon;
grant select on notes to postgres;

-- case: function
create function f(a int, b text default 'x') returns int language sql as 'select 1';
create function g() returns int language sql as 'select 1';
create procedure p() language sql as 'select 1';
revoke execute on function f(int, text) from public;
revoke execute on function f from anon;
revoke all on function g() from public, anon, authenticated;
grant execute on function g() to authenticated with grant option;
revoke execute on procedure p() from public;
grant execute on routine p to anon;
-- refused: 42883
grant execute on function nobody() to anon;

-- case: public role words
create table notes (id int);
grant select on notes to current_user, session_user, public;
revoke select on notes from public;
-- refused: 0LP01
grant select on notes to public with grant option;
-- refused: 42704
revoke select on notes from nobody;

-- case: schema
create schema app;
grant usage on schema app to anon, authenticated;
grant all on schema app to service_role with grant option;
revoke create on schema app from service_role;
revoke usage on schema app from anon;
grant usage on schema app to public;
-- refused: 3F000
grant usage on schema nowhere to anon;

-- case: sequence
create sequence counter;
create table notes (id serial primary key);
revoke all on sequence counter from anon, authenticated;
grant usage on sequence counter to anon;
grant select on table counter to authenticated;
grant all on sequence notes_id_seq to anon;
revoke update on notes_id_seq from anon;
-- refused: 42809
grant usage on sequence notes to anon;

-- case: table
create table notes (id int, body text);
grant select, insert on notes to anon;
grant all on table notes to authenticated with grant option;
grant select on notes to public;
revoke insert on notes from anon;
revoke grant option for select on notes from authenticated;
revoke all on notes from service_role;

-- case: type
create type mood as enum ('a', 'b');
create domain positive as int check (value > 0);
revoke usage on type mood from public;
grant usage on type mood to anon;
revoke all on domain positive from public;
-- refused: 42809
grant usage on domain mood to anon;

-- case: view
create table notes (id int);
create view seen as select id from notes;
create materialized view kept as select id from notes;
revoke all on seen from anon;
revoke all on kept from anon, authenticated;
grant select on table seen, kept to authenticated;
-- refused: 42809
grant usage on sequence seen to anon;

-- case: wrong privileges
create table notes (id int);
create sequence counter;
create function f() returns int language sql as 'select 1';
create type mood as enum ('a');
-- refused: 0LP01
grant execute on table notes to anon;
-- refused: 0LP01
grant usage on table notes to anon;
-- refused: 0LP01
grant insert on sequence counter to anon;
-- refused: 0LP01
grant select on function f() to anon;
-- refused: 0LP01
grant select on type mood to anon;
-- refused: 0LP01
grant select on schema public to anon;
-- refused: 42601
grant selects on notes to anon;

-- case: owner change moves privileges
create role keeper;
grant keeper to postgres;
grant create on schema public to keeper;
create table notes (id int);
revoke all on notes from anon, authenticated, service_role;
grant select on notes to keeper, anon;
alter table notes owner to keeper;
create function f() returns int language sql as 'select 1';
alter function f() owner to keeper;

-- case: revoke table takes columns
create table notes (id int, body text);
revoke all on notes from anon;
grant select (id), update (id, body) on notes to anon;
revoke update on notes from anon;
revoke all on notes from anon;

-- case: as another role than the owner
revoke all on all tables in schema storage from anon;
revoke all on all functions in schema storage from authenticated;
revoke usage on schema storage from anon;
create role reader;
grant select on storage.objects to reader;
grant usage on schema auth to reader;
grant usage on schema storage to reader;
revoke select on storage.objects from reader;
create table notes (id int);
grant select on notes to authenticated with grant option;
set role authenticated;
grant select, insert on notes to reader;
revoke select on notes from anon;
reset role;
revoke select on notes from reader;
