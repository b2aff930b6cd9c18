-- case: options
create function f1(a int, b text default 'x', variadic c int[] default '{}') returns text language sql immutable strict parallel safe security definer cost 5 as $$ select $2 $$;
create function f2() returns void language plpgsql security definer set search_path = '' as $$ begin end $$;
create function f3() returns setof int language sql stable rows 10 as 'select 1';
create function f4() returns trigger language plpgsql as $$ begin return new; end $$;
create function f5() returns int language sql called on null input volatile parallel restricted security invoker not leakproof as 'select 1';
create function f6() returns int language sql window as 'select 1';
create function f7() returns int language 'plpgsql' as 'begin return 1; end';

-- case: settings
create function f1() returns int language sql set search_path = public, extensions set statement_timeout = '5s' set row_security = off as 'select 1';
create function f2() returns int language sql set search_path = "$user", public as 'select 1';
create function f3() returns int language sql set search_path to 'public, auth' set datestyle to iso, mdy set time zone 'UTC' set work_mem = 1024 as 'select 1';
create function f4() returns int language sql set search_path to '' as 'select 1';
create function f5() returns int language sql set search_path to pg_catalog, pg_temp set role to anon as 'select 1';
create function f6() returns int language sql set search_path to "Mixed Case", public as 'select 1';
create function f7() returns int language sql set search_path = public set search_path = auth as 'select 1';

-- case: arguments and results
create function f1(out a int, out b text) language sql as $$ select 1, 'a' $$;
create function f2(inout a int) language sql as $$ select 1 $$;
create function f3() returns table (x int, y text) language sql as $$ select 1, 'a'::text $$;
create function f4(p varchar(10), q char(3), r timestamp(3), s numeric(5,2)[], t bit(3), u "char") returns setof int language sql as $$ select 1 $$;
create function f5(a int default 1 + 2, b date default current_date, c jsonb default '{}'::jsonb, d text default null, e text = 'it''s, (really)') returns void language sql as $$ $$;
create function f6(int, text, "Odd Name" int default 3) returns int language sql as 'select $1';
create function f7(a anyelement, b anyarray) returns anyelement language sql as 'select a';
create function f8(int[], integer[][], _text) returns integer[] language sql as 'select $1';
create function f9(a int, out a2 int, variadic b text[]) language sql as 'select 1';
create function f10() returns character language sql as $$ select 'a'::char $$;
create function f11() returns table (only_one date) language sql as $$ select current_date $$;
create function f12(a double precision, b time with time zone, c interval, d real, e decimal) returns timestamp language sql as $$ select now()::timestamp $$;

-- case: procedures
create procedure p1(a int, inout b int) language plpgsql as $$ begin end $$;
create procedure p2() language sql as '';
create procedure p3(out a int) language sql as 'select 1';
create or replace procedure p2() language sql security definer as '';
-- refused: 42809
create or replace function p2() returns int language sql as 'select 1';
create or replace procedure p2(a int) language sql as '';
-- refused: 42809
drop function p2();
-- refused: 42725
drop procedure p2;
drop procedure p2();
drop procedure if exists p2(), p2(int);
drop routine p1;
alter procedure p3 rename to p4;
-- refused: 42809
alter function p4() rename to p5;

-- case: the same name again
create function f(a int, b text default 'x') returns int language sql as 'select 1';
-- refused: 42723
create function f(a int, b text) returns int language sql as 'select 2';
create function f(a int) returns int language sql as 'select 1';
-- refused: 42723
create function f(b int) returns int language sql as 'select 1';
-- refused: 42723
create function f(int, out x int) language sql as 'select 1';

-- case: OR REPLACE
create function f(a int, b text default 'x') returns int language sql as 'select 1';
-- refused: 42P13
create or replace function f(a int, b text) returns int language sql as 'select 2';
-- refused: 42P13
create or replace function f(x int, b text default 'x') returns int language sql as 'select 2';
-- refused: 42P13
create or replace function f(a int, b text default 'x') returns text language sql as $$select 'a'$$;
-- refused: 42P13
create or replace function f(a int, b text default 'x') returns setof int language sql as 'select 1';
create or replace function f(a int, b text default 'y') returns int language sql stable set search_path = '' as 'select 3';
-- refused: 42809
create or replace procedure f(a int, b text) language sql as 'select 3';
create function t(a int) returns table (x int, y int) language sql as 'select 1, 2';
-- refused: 42P13
create or replace function t(a int) returns table (x int, z int) language sql as 'select 1, 2';
create or replace function t(a int) returns table (x int, y int) language sql as 'select 3, 2';
create function g(int) returns int language sql as 'select 1';
create or replace function g(a int default 1) returns int language sql as 'select 1';

-- case: OR REPLACE keeps owner and privileges
create function f() returns int language sql security definer as 'select 1';
revoke execute on function f() from public, anon;
create or replace function f() returns int language sql as 'select 2';

-- case: what the server refuses
-- refused: 42P13
create function f1(a int default 1, b int) returns int language sql as 'select 1';
-- refused: 42P13
create function f2(a int, a int) returns int language sql as 'select 1';
-- refused: 42P13
create function f3() language sql as 'select 1';
-- refused: 42P13
create function f4(out a int) returns text language sql as 'select 1';
-- refused: 42P13
create function f5() returns int as 'select 1';
-- refused: 42P13
create function f6() returns int language sql;
-- refused: 42601
create function f7() returns int language sql language sql as 'select 1';
-- refused: 42P13
create function f8(setof int) returns int language sql as 'select 1';
-- refused: 42501
create function f9() returns int language sql leakproof as 'select 1';
-- refused: 42P13
create function f10() returns int language sql as 'a', 'b';
-- refused: 42601
create function f11() returns int language sql parallel sometimes as 'select 1';
-- refused: 42P13
create function f12(out a int, out b int) returns int language sql as 'select 1';
-- refused: 42601
create function f13() returns int language sql as 'selec 1';
-- refused: 3F000
create function nos.f14() returns int language sql as 'select 1';
-- refused: 42704
create function f15() returns int language nolang as 'select 1';
-- refused: 42704
create function f16(a nosuch) returns int language sql as 'select 1';
-- refused: 42704
create function f17() returns nosuch2 language sql as 'select 1';
-- refused: 42704
create function f18() returns setof nosuch3 language sql as 'select 1';

-- case: altered
create function f(a int) returns int language sql as 'select 1';
create function public.g() returns int language sql set work_mem = 100 as 'select 1';
alter function f(int) stable security definer set search_path = '';
alter function f(int) set statement_timeout = 10;
alter function f(int) reset search_path;
alter function g strict;
alter function g reset all;
alter function g parallel safe cost 10 set search_path = public, auth;
-- refused: 42501
alter function f(int) leakproof;
alter routine f(int) volatile called on null input;
-- refused: 42883
alter function nope() stable;
-- refused: 42883
alter function f(text) stable;

-- case: renamed and moved
create function f(a int) returns int language sql as 'select 1';
create function g() returns int language sql as 'select 1';
create function h(a int) returns int language sql as 'select 2';
create table t (a int default g(), check (f(a) > 0));
create view v as select f(1) as f, g();
create policy p on t using (f(a) = 1);
-- refused: 42723
alter function f rename to h;
alter function f rename to ff;
alter function g rename to "G g";
alter function ff(int) set schema extensions;
alter function h set schema extensions;

-- case: dropped
create function f(a int) returns int language sql as 'select 1';
create function f() returns int language sql as 'select 1';
create table t (a int default f());
-- refused: 42725
drop function f;
-- refused: 42883
drop function f(text);
-- refused: 2BP01
drop function f();
drop function f() cascade;
drop function f;
-- refused: 42883
drop function f;
drop function if exists f, g, f(int), nos.f(text), f(nosuch);
-- refused: 42883
drop aggregate f(int);

-- case: unqualified names go along the search_path
create schema app;
create schema other;
create function app.f(a int) returns int language sql as 'select 1';
create function other.f(a int) returns int language sql as 'select 2';
create function other.f(a text) returns int language sql as 'select 2';
set search_path = app, other;
create view v as select f(1) as a, f('x'::text) as b;
-- refused: 2BP01
drop function f(text);
drop view v;
drop function f(text);
drop function f;
drop function f;
reset search_path;

-- case: types in the signature
create type mood as enum ('sad', 'ok');
create table t (id int, m mood, c varchar(20));
create function f(a mood, b t, c t.c%type, d mood[]) returns setof t language sql as 'select * from t';
create function g(a public.mood default 'ok') returns mood language sql as $$select 'ok'::mood$$;
create function h() returns table (x mood, y t) language plpgsql as 'begin end';
-- refused: 2BP01
drop type mood;
alter type mood rename to feeling;
drop function f(feeling, t, varchar, feeling[]);
alter table t rename to tt;
alter type feeling set schema extensions;
-- refused: 2BP01
drop table tt;
drop table tt cascade;

-- case: SQL-standard bodies
create table t (id int primary key, x text);
create function f(a int) returns int language sql begin atomic select id from t where id = a; end;
create function g(a int) returns int language sql return a + 1;
create function h(a int, b text) returns setof t begin atomic insert into t values (a, b); select id, x from t where x = b; end;
create function i() returns int return g(2);
-- refused: 2BP01
drop function g(int);
-- refused: 2BP01
drop table t;
-- refused: 2BP01
alter table t drop column x;
drop table t cascade;

-- case: bodies in SQL are read
create table users (id uuid primary key, role text, org int);
create function is_admin() returns boolean language sql stable security definer as $$ select exists (select 1 from users where id = auth.uid() and role = 'admin') $$;
create function mine(org_id int) returns setof users language sql as $$ select * from users u where u.org = org_id and u.org = mine.org_id and u.org = $1 $$;
create function add(i uuid, r text) returns uuid language sql as $$ insert into users (id, role) values (i, r) on conflict (id) do update set role = excluded.role returning id; $$;
create function upd(i uuid, r text) returns void language sql as $$ update users set role = r where id = i; delete from users u using users v where u.id = v.id and u.id = i; $$;
create function rowarg(u users) returns text language sql as $$ select u.role || (u).role || u.id::text $$;
create function cte() returns bigint language sql as $$ with x as (select id from users), y as (delete from users returning id) select count(*) from x, y $$;
create function claims() returns jsonb language sql as $$ select coalesce(nullif(current_setting('request.jwt.claims', true), ''), '{}')::jsonb $$;
create function same(role text) returns bigint language sql as $$ select count(*) from users where users.role = same.role $$;
-- refused: 42703
create function bad() returns int language sql as $$ select nope from users $$;
-- refused: 42883
create function bad2() returns int language sql as $$ select nofunction(1) $$;
-- refused: 42P01
create function bad3() returns int language sql as $$ select id from nowhere $$;
-- refused: 42P01
create function bad4(u users) returns int language sql as $$ select u.nope $$;
-- refused: 42P01
create function bad5() returns int language sql as $$ select 1; select x.y from users $$;
set check_function_bodies = off;
create function later() returns int language sql as $$ select id from made_later $$;
reset check_function_bodies;

-- case: bodies in PL/pgSQL that are none
-- refused: 42601
create function f() returns setof int language plpgsql as $$ begin return query select 1 order by (1 desc); end $$;
-- refused: 42601
create function f() returns void language plpgsql as $$ begin raise notice 'a % b', 1, 2; end $$;
-- refused: 42601
create function f() returns void language plpgsql as $$ begin if true then null; end $$;
-- refused: 42704
create function f() returns void language plpgsql as $$ begin null; exception when no_such_thing then null; end $$;
create table t (id int, m text[]);
create type public.pair as (a int, b int);
create function f(p public.pair, t t) returns setof t language plpgsql as $$
declare
  r t%rowtype;
  x t.id%type;
  y public.pair;
begin
  select * into r from t;
  y.a := r.id;
  return query select * from t where id = x;
end $$;
set check_function_bodies = off;
create function g() returns void language plpgsql as $$ begin this is nothing end $$;
