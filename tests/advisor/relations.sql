-- 0002, 0004, 0010, 0013, 0016, 0018, 0023: kinds of relations, options of views, and what they read
create table public.a (id int primary key, secret text, "API-KEY" text);
create unlogged table public.b (id int);
create table public.c (id int) partition by range (id);
create table public.c1 partition of public.c for values from (1) to (10);
create table public.c2 partition of public.c for values from (10) to (20) partition by range (id);
create table public.c21 partition of public.c2 for values from (10) to (15);
create temp table tmp (id int, password text);
create table public.inh () inherits (public.a);
create view public.v1 as select * from public.a;
create view public.v2 with (security_invoker) as select * from public.a;
create view public.v3 with (security_invoker = t) as select * from public.a;
create view public.v4 with (security_invoker = 'YES') as select * from public.a;
create view public.v5 with (security_invoker = off) as select * from public.a;
create view public.v6 with (security_barrier, security_invoker = on) as select * from public.a;
create view public.v7 with (security_invoker = tru) as select * from public.a;
create or replace view public.v2 as select * from public.a;
create view public.v9 as select email from auth.users;
create view public.v10 with (security_invoker = on) as select email from auth.users;
create view public.v11 as select * from public.v9;
create materialized view public.m1 as select email from auth.users;
create view public.v12 as select count(*) from auth.users;
create view public.v13 as select (u).email from auth.users u;
create view public.v14 as select 1 as x where exists (select 1 from auth.users);
create view public.v15 as select id from public.a where id::text in (select id::text from auth.users);
create table public.nocol ();
revoke select on public.b from anon;
revoke all on public.v1 from anon, authenticated;
create schema api;
create table api.x (id int primary key, password text);
grant select on api.x to anon;
create table public.r (a regproc, b regclass, c regconfig[], d regnamespace primary key, e regcollation);
create index r_a on public.r (a);
create type public.ct as (x regoper, "Y" regproc, z int);
create domain public.dreg as regproc;
create table public.r2 (x public.dreg, y public.ct);
create table public.t1 (id int primary key, b int);
alter table public.t1 drop constraint t1_pkey;
create table public.t2 (id int not null);
create unique index t2_id on public.t2 (id);
alter table public.t2 add primary key using index t2_id;
create table public.t3 as select 1 as a;
create table public.t4 (like public.t2 including all);
create table public.t5 (like public.t2);
select 1 as a into public.t6;

-- row: ERROR auth_users_exposed auth_users_exposed_public_m1
-- row: ERROR auth_users_exposed auth_users_exposed_public_v12
-- row: ERROR auth_users_exposed auth_users_exposed_public_v13
-- row: ERROR auth_users_exposed auth_users_exposed_public_v14
-- row: ERROR auth_users_exposed auth_users_exposed_public_v15
-- row: ERROR auth_users_exposed auth_users_exposed_public_v9
-- row: ERROR rls_disabled_in_public rls_disabled_in_public_public_a
-- row: ERROR rls_disabled_in_public rls_disabled_in_public_public_b
-- row: ERROR rls_disabled_in_public rls_disabled_in_public_public_c1
-- row: ERROR rls_disabled_in_public rls_disabled_in_public_public_c21
-- row: ERROR rls_disabled_in_public rls_disabled_in_public_public_inh
-- row: ERROR rls_disabled_in_public rls_disabled_in_public_public_nocol
-- row: ERROR rls_disabled_in_public rls_disabled_in_public_public_r
-- row: ERROR rls_disabled_in_public rls_disabled_in_public_public_r2
-- row: ERROR rls_disabled_in_public rls_disabled_in_public_public_t1
-- row: ERROR rls_disabled_in_public rls_disabled_in_public_public_t2
-- row: ERROR rls_disabled_in_public rls_disabled_in_public_public_t3
-- row: ERROR rls_disabled_in_public rls_disabled_in_public_public_t4
-- row: ERROR rls_disabled_in_public rls_disabled_in_public_public_t5
-- row: ERROR rls_disabled_in_public rls_disabled_in_public_public_t6
-- row: ERROR security_definer_view security_definer_view_public_v11
-- row: ERROR security_definer_view security_definer_view_public_v12
-- row: ERROR security_definer_view security_definer_view_public_v13
-- row: ERROR security_definer_view security_definer_view_public_v14
-- row: ERROR security_definer_view security_definer_view_public_v15
-- row: ERROR security_definer_view security_definer_view_public_v2
-- row: ERROR security_definer_view security_definer_view_public_v3
-- row: ERROR security_definer_view security_definer_view_public_v5
-- row: ERROR security_definer_view security_definer_view_public_v7
-- row: ERROR security_definer_view security_definer_view_public_v9
-- row: ERROR sensitive_columns_exposed sensitive_columns_exposed_public_a
-- row: ERROR sensitive_columns_exposed sensitive_columns_exposed_public_inh
-- row: INFO no_primary_key no_primary_key_public_b
-- row: INFO no_primary_key no_primary_key_public_c1
-- row: INFO no_primary_key no_primary_key_public_c21
-- row: INFO no_primary_key no_primary_key_public_inh
-- row: INFO no_primary_key no_primary_key_public_nocol
-- row: INFO no_primary_key no_primary_key_public_r2
-- row: INFO no_primary_key no_primary_key_public_t1
-- row: INFO no_primary_key no_primary_key_public_t3
-- row: INFO no_primary_key no_primary_key_public_t5
-- row: INFO no_primary_key no_primary_key_public_t6
-- row: WARN materialized_view_in_api materialized_view_in_api_public_m1
-- row: WARN unsupported_reg_types unsupported_reg_types_public_ct_Y
-- row: WARN unsupported_reg_types unsupported_reg_types_public_ct_x
-- row: WARN unsupported_reg_types unsupported_reg_types_public_r_a
-- row: WARN unsupported_reg_types unsupported_reg_types_public_r_a_a
-- row: WARN unsupported_reg_types unsupported_reg_types_public_r_d
-- row: WARN unsupported_reg_types unsupported_reg_types_public_r_e
-- row: WARN unsupported_reg_types unsupported_reg_types_public_r_pkey_d
