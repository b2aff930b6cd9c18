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
