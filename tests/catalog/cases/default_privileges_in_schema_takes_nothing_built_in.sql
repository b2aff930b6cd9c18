create schema app;
alter default privileges in schema app revoke execute on functions from public;
create function app.f() returns int language sql as 'select 1';
alter default privileges in schema public revoke execute on functions from public;
create function g() returns int language sql as 'select 1';
