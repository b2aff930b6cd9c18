-- names as they are in the end
create table public.a (id int primary key, b int references public.a, "Old" regproc);
alter table public.a rename to b;
alter table public.b rename column b to c;
alter table public.b rename constraint a_b_fkey to fk;
alter table public.b rename "Old" to "New Col";
create index i on public.b (c);
alter index public.i rename to j;
create index k on public.b (c);
create schema s;
alter table public.b set schema s;
alter schema s rename to "S 2";
create policy p on "S 2".b using (auth.uid() is null);
alter table "S 2".b enable row level security;
alter policy p on "S 2".b rename to "p 2";
create function public.f(a int) returns int language sql security definer as 'select 1';
alter function public.f(int) rename to g;
create type public.t as enum ('a');
create function public.h(x public.t) returns int language sql security definer as 'select 1';
alter type public.t rename to "T t";
create view public.v as select * from "S 2".b;
alter view public.v rename to w;
alter view public.w set (security_invoker = 1);

-- row: WARN anon_security_definer_function_executable anon_security_definer_function_executable_public_g_a integer
-- row: WARN anon_security_definer_function_executable anon_security_definer_function_executable_public_h_x public."T t"
-- row: WARN auth_rls_initplan auth_rls_init_plan_S 2_b_p 2
-- row: WARN authenticated_security_definer_function_executable authenticated_security_definer_function_executable_public_g_a integer
-- row: WARN authenticated_security_definer_function_executable authenticated_security_definer_function_executable_public_h_x public."T t"
-- row: WARN duplicate_index duplicate_index_S 2_b_{j,k}
-- row: WARN function_search_path_mutable function_search_path_mutable_public_g_95adb6e77a0884d9e50232cb8c5c969d
-- row: WARN function_search_path_mutable function_search_path_mutable_public_h_95adb6e77a0884d9e50232cb8c5c969d
-- row: WARN unsupported_reg_types unsupported_reg_types_S 2_b_New Col
-- row: WARN unsupported_reg_types unsupported_reg_types_public_w_New Col
