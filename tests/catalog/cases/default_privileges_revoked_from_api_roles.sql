alter default privileges for role postgres in schema public revoke all on tables from anon, authenticated;
alter default privileges in schema public revoke execute on functions from anon, authenticated, service_role;
alter default privileges in schema public revoke usage, select on sequences from anon;
create table notes (id serial);
create function f() returns int language sql as 'select 1';
