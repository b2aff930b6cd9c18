create role reader nologin;
create user writer password 'secret';
create role boss createrole createdb login noinherit in role reader;
create role staff role writer;
grant reader to writer;
revoke reader from boss;
alter role reader bypassrls login;
alter role reader nologin inherit;
alter role reader set search_path = '', public;
alter role reader set statement_timeout = '5s';
alter role reader reset statement_timeout;
-- refused: 42710
create role reader;
-- refused: 42939
create role pg_mine;
-- refused: 0LP01
grant writer to staff;
drop role if exists nobody;
-- refused: 42704
drop role nobody;
drop role boss;
