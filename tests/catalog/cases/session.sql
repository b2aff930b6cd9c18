-- case: search path
create schema app;
set search_path = app, public;
create table notes (id int);
set search_path to public;
create table notes (id int);
create table papers (id int);
set local search_path = 'app';
set search_path = '';
-- refused: 3F000
create table lost (id int);
reset search_path;
create table found (id int);
set search_path to default;
select set_config('search_path', 'app', false);
create table configured (id int);
set schema 'public';
create table last (id int);
reset all;
create table after_all (id int);

-- case: search path of role
create schema app;
create table app.notes (id int);
set search_path to app, extensions;
create policy p on notes using (id > 0);
grant select on notes to anon;
alter table notes enable row level security;
comment on table notes is 'found';

-- case: set role
create role joe;
grant joe to postgres;
grant all on schema public to joe;
set role joe;
create table notes (id int);
reset role;
create table papers (id int);
set role joe;
create function f() returns int language sql as 'select 1';
set role none;
create type mood as enum ('a');
-- refused: 22023
set role nobody;

-- case: transaction commit
begin;
create table a (id int);
commit;
begin;
create table b (id int);
rollback;
create table c (id int);
commit;
rollback;

-- case: transaction savepoints
begin;
create table a (id int);
savepoint one;
create table b (id int);
savepoint two;
drop table a;
rollback to two;
create policy p on a using (true);
rollback to savepoint one;
create table c (id int);
release savepoint one;
commit;
-- refused: 25P01
savepoint three;
-- refused: 25P01
rollback to one;

-- case: transaction settings
create schema app;
begin;
set local search_path = app;
create table a (id int);
commit;
create table b (id int);
begin;
set search_path = app;
create table c (id int);
rollback;
create table d (id int);
begin;
set search_path = app;
commit;
create table e (id int);

-- case: DISCARD, and settings of a transaction
start transaction;
set transaction isolation level serializable;
set session characteristics as transaction read write;
create schema other;
set search_path = other;
create table t (a int);
commit;
discard all;
create table u (a int);

-- case: a transaction prepared
begin;
create table t (a int);
-- refused: 55000
prepare transaction 'x';
-- refused: 42704
commit prepared 'x';
-- refused: 42704
rollback prepared 'x';

-- case: discard drops what is temporary
create temporary table scratch (id serial primary key);
create temporary view scratch_ids as select id from scratch;
create function pg_temp.one() returns int language sql as 'select 1';
discard temp;
create temporary table scratch (name text);
create function pg_temp.one() returns int language sql as 'select 1';
create table kept (id int);

-- case: settings as they are
create schema other;
set search_path = other;
set search_path from current;
create table t (a int);
