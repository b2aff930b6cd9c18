-- owners, and what new objects are granted by whom
create role owner_role nologin;
grant owner_role to postgres;
grant create, usage on schema public to owner_role;
set role owner_role;
create table public.o (id int);
create function public.of() returns int language sql security definer as 'select 1';
create view public.ov as select 1 as a;
reset role;
create table public.o2 (id int);
alter table public.o2 owner to owner_role;
alter default privileges for role owner_role in schema public grant select on tables to anon;
set role owner_role;
create table public.o3 (id int);
reset role;
alter default privileges revoke execute on functions from public;
create function public.nof() returns int language sql security definer as 'select 1';
alter default privileges in schema public revoke execute on functions from anon, authenticated;
create function public.nof2() returns int language sql security definer as 'select 1';

-- row: ERROR rls_disabled_in_public rls_disabled_in_public_public_o2
-- row: ERROR rls_disabled_in_public rls_disabled_in_public_public_o3
-- row: INFO no_primary_key no_primary_key_public_o
-- row: INFO no_primary_key no_primary_key_public_o2
-- row: INFO no_primary_key no_primary_key_public_o3
-- row: WARN anon_security_definer_function_executable anon_security_definer_function_executable_public_nof_
-- row: WARN anon_security_definer_function_executable anon_security_definer_function_executable_public_of_
-- row: WARN authenticated_security_definer_function_executable authenticated_security_definer_function_executable_public_nof_
-- row: WARN authenticated_security_definer_function_executable authenticated_security_definer_function_executable_public_of_
-- row: WARN function_search_path_mutable function_search_path_mutable_public_nof2_95adb6e77a0884d9e50232cb8c5c969d
-- row: WARN function_search_path_mutable function_search_path_mutable_public_nof_95adb6e77a0884d9e50232cb8c5c969d
-- row: WARN function_search_path_mutable function_search_path_mutable_public_of_95adb6e77a0884d9e50232cb8c5c969d
