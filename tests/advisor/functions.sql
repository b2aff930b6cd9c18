-- 0011, 0028, 0029: bodies as they are kept, arguments as pg_get_function_identity_arguments prints them
create type public.mood as enum ('a');
create domain public.dom as text;
create function public.f1(a int, out c int, inout d public.mood) language sql security definer as 'select 1, d';
create function public.f2(variadic a text[]) returns int language sql security definer as 'select 1';
create function public.f3(int, numeric(10,2), varchar(20), timestamp with time zone) returns int
  language sql security definer as 'select 1';
create function public.f4("My Arg" int, "select" int, "user" text) returns table (x int, y text)
  language sql security definer as 'select 1, ''a''';
create procedure public.f5(a int, inout b int, out c int) language plpgsql security definer as 'begin end';
create function public.f6() returns trigger language plpgsql security definer set search_path from current
  as 'begin return new; end';
create function public.f7(a public.dom[], b int[][]) returns int language sql security definer
  set "search_path" to 'public', 'pg_temp' as 'select 1';
create table public.tt (id int primary key);
create function public.f9(public.tt) returns int language sql security definer as 'select 1';
create function public.f10(like_id public.tt.id%type) returns int language sql security definer as 'select 1';
create aggregate public.agg(int) (sfunc = int4pl, stype = int4, initcond = '0');
create function public.f11() returns int language sql begin atomic; select 1; end;
create function public.f12() returns int language sql return 1;
create function public.f14() returns int language sql set role = 'anon' as 'select 1';
create function public.f15(a char(3), b "char", c bit(3), d interval day to second, e time(3), f bpchar) returns int
  language sql security definer as 'select 1';
create function public.f16(in out_ int, in "IN" int) returns void language sql security definer as '';
create function public.f17(a int default 1, b text default 'x') returns int language sql security definer as 'select 1';
create function public.f18() returns int language plpgsql as E'begin return 1; end -- \'x\'';
create or replace function public.f18() returns int language plpgsql as $f$begin return 2; end$f$;
create function public.f19(a int) returns int language sql as 'select 1';
alter function public.f19(int) rename to f20;
alter function public.f2 reset all;
alter function public.f7 reset search_path;
alter function public.f9 security invoker;
revoke execute on function public.f3 from public, anon;
revoke execute on function public.f16 from public;
create schema priv;
create function priv.g() returns int language sql security definer as 'select 1';

-- row: ERROR rls_disabled_in_public rls_disabled_in_public_public_tt
-- row: WARN anon_security_definer_function_executable anon_security_definer_function_executable_public_f10_like_id integer
-- row: WARN anon_security_definer_function_executable anon_security_definer_function_executable_public_f15_a character, b "char", c bit, d interval, e time without time zone, f character
-- row: WARN anon_security_definer_function_executable anon_security_definer_function_executable_public_f16_out_ integer, "IN" integer
-- row: WARN anon_security_definer_function_executable anon_security_definer_function_executable_public_f17_a integer, b text
-- row: WARN anon_security_definer_function_executable anon_security_definer_function_executable_public_f1_a integer, OUT c integer, INOUT d public.mood
-- row: WARN anon_security_definer_function_executable anon_security_definer_function_executable_public_f2_VARIADIC a text[]
-- row: WARN anon_security_definer_function_executable anon_security_definer_function_executable_public_f4_"My Arg" integer, "select" integer, "user" text
-- row: WARN anon_security_definer_function_executable anon_security_definer_function_executable_public_f5_IN a integer, INOUT b integer, OUT c integer
-- row: WARN anon_security_definer_function_executable anon_security_definer_function_executable_public_f6_
-- row: WARN anon_security_definer_function_executable anon_security_definer_function_executable_public_f7_a public.dom[], b integer[]
-- row: WARN authenticated_security_definer_function_executable authenticated_security_definer_function_executable_public_f10_like_id integer
-- row: WARN authenticated_security_definer_function_executable authenticated_security_definer_function_executable_public_f15_a character, b "char", c bit, d interval, e time without time zone, f character
-- row: WARN authenticated_security_definer_function_executable authenticated_security_definer_function_executable_public_f16_out_ integer, "IN" integer
-- row: WARN authenticated_security_definer_function_executable authenticated_security_definer_function_executable_public_f17_a integer, b text
-- row: WARN authenticated_security_definer_function_executable authenticated_security_definer_function_executable_public_f1_a integer, OUT c integer, INOUT d public.mood
-- row: WARN authenticated_security_definer_function_executable authenticated_security_definer_function_executable_public_f2_VARIADIC a text[]
-- row: WARN authenticated_security_definer_function_executable authenticated_security_definer_function_executable_public_f3_integer, numeric, character varying, timestamp with time zone
-- row: WARN authenticated_security_definer_function_executable authenticated_security_definer_function_executable_public_f4_"My Arg" integer, "select" integer, "user" text
-- row: WARN authenticated_security_definer_function_executable authenticated_security_definer_function_executable_public_f5_IN a integer, INOUT b integer, OUT c integer
-- row: WARN authenticated_security_definer_function_executable authenticated_security_definer_function_executable_public_f6_
-- row: WARN authenticated_security_definer_function_executable authenticated_security_definer_function_executable_public_f7_a public.dom[], b integer[]
-- row: WARN function_search_path_mutable function_search_path_mutable_priv_g_95adb6e77a0884d9e50232cb8c5c969d
-- row: WARN function_search_path_mutable function_search_path_mutable_public_agg_3eb6d2f5e7ee95ed566dd6cdda54dac3
-- row: WARN function_search_path_mutable function_search_path_mutable_public_f10_95adb6e77a0884d9e50232cb8c5c969d
-- row: WARN function_search_path_mutable function_search_path_mutable_public_f11_d41d8cd98f00b204e9800998ecf8427e
-- row: WARN function_search_path_mutable function_search_path_mutable_public_f12_d41d8cd98f00b204e9800998ecf8427e
-- row: WARN function_search_path_mutable function_search_path_mutable_public_f14_95adb6e77a0884d9e50232cb8c5c969d
-- row: WARN function_search_path_mutable function_search_path_mutable_public_f15_95adb6e77a0884d9e50232cb8c5c969d
-- row: WARN function_search_path_mutable function_search_path_mutable_public_f16_d41d8cd98f00b204e9800998ecf8427e
-- row: WARN function_search_path_mutable function_search_path_mutable_public_f17_95adb6e77a0884d9e50232cb8c5c969d
-- row: WARN function_search_path_mutable function_search_path_mutable_public_f18_c9f52819dd6ae246b364a7909a1edd8f
-- row: WARN function_search_path_mutable function_search_path_mutable_public_f1_390283ab29c596ebc25e6c45fcb358b7
-- row: WARN function_search_path_mutable function_search_path_mutable_public_f20_95adb6e77a0884d9e50232cb8c5c969d
-- row: WARN function_search_path_mutable function_search_path_mutable_public_f2_95adb6e77a0884d9e50232cb8c5c969d
-- row: WARN function_search_path_mutable function_search_path_mutable_public_f3_95adb6e77a0884d9e50232cb8c5c969d
-- row: WARN function_search_path_mutable function_search_path_mutable_public_f4_379fd05c85ecb14c9695bfc4256d91fa
-- row: WARN function_search_path_mutable function_search_path_mutable_public_f5_eeed07a14aeaeeb701dbda3c62e8ac5c
-- row: WARN function_search_path_mutable function_search_path_mutable_public_f7_95adb6e77a0884d9e50232cb8c5c969d
-- row: WARN function_search_path_mutable function_search_path_mutable_public_f9_95adb6e77a0884d9e50232cb8c5c969d
