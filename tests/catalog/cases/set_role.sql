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
