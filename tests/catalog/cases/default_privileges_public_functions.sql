create function before() returns int language sql as 'select 1';
alter default privileges revoke execute on functions from public;
create function after() returns int language sql as 'select 1';
create schema app;
create function app.after() returns int language sql as 'select 1';
alter default privileges grant execute on functions to public;
create function app.again() returns int language sql as 'select 1';
