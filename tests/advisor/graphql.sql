-- 0026, 0027: any column that can be read, in any schema, of what pg_graphql looks at
create extension pg_graphql;
create table public.a (id int primary key, b int);
alter table public.a enable row level security;
create view public.v with (security_invoker = on) as select * from public.a;
create materialized view public.m as select * from public.a;
create table public.p (id int) partition by list (id);
create table public.p1 partition of public.p for values in (1);
create table public.nothing ();
create schema app;
create table app.x (id int, secret int);
grant select (id) on app.x to anon;
create table app.y (id int);
grant select on app.y to authenticated;
create table app.z (id int);
grant insert on app.z to anon;
create temp table gone (id int);

-- row: ERROR rls_disabled_in_public rls_disabled_in_public_public_nothing
-- row: ERROR rls_disabled_in_public rls_disabled_in_public_public_p1
-- row: INFO no_primary_key no_primary_key_app_x
-- row: INFO no_primary_key no_primary_key_app_y
-- row: INFO no_primary_key no_primary_key_app_z
-- row: INFO no_primary_key no_primary_key_public_nothing
-- row: INFO no_primary_key no_primary_key_public_p1
-- row: INFO rls_enabled_no_policy rls_enabled_no_policy_public_a
-- row: WARN materialized_view_in_api materialized_view_in_api_public_m
-- row: WARN pg_graphql_anon_table_exposed pg_graphql_anon_table_exposed_app_x
-- row: WARN pg_graphql_anon_table_exposed pg_graphql_anon_table_exposed_public_a
-- row: WARN pg_graphql_anon_table_exposed pg_graphql_anon_table_exposed_public_m
-- row: WARN pg_graphql_anon_table_exposed pg_graphql_anon_table_exposed_public_p1
-- row: WARN pg_graphql_anon_table_exposed pg_graphql_anon_table_exposed_public_v
-- row: WARN pg_graphql_authenticated_table_exposed pg_graphql_authenticated_table_exposed_app_y
-- row: WARN pg_graphql_authenticated_table_exposed pg_graphql_authenticated_table_exposed_public_a
-- row: WARN pg_graphql_authenticated_table_exposed pg_graphql_authenticated_table_exposed_public_m
-- row: WARN pg_graphql_authenticated_table_exposed pg_graphql_authenticated_table_exposed_public_p1
-- row: WARN pg_graphql_authenticated_table_exposed pg_graphql_authenticated_table_exposed_public_v
