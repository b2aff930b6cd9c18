-- 0024: what the server prints as true or (1 = 1), and what is not there
create table public.t (id int primary key, e text);
alter table public.t enable row level security;
create role app_role;
create policy p1 on public.t for update using (true);
create policy p2 on public.t for update using (1 = 1);
create policy p3 on public.t for all using ('t'::boolean);
create policy p4 on public.t for delete using (1 = '1');
create policy p5 on public.t for delete using (not false);
create policy p6 on public.t for insert with check (true);
create policy p7 on public.t for insert with check ((((true))));
create policy p8 on public.t for update using (id = 1) with check (true);
create policy p9 on public.t for update with check (id = 1);
create policy p10 on public.t for all with check (id = 1);
create policy p11 on public.t for select using (true);
create policy p12 on public.t for delete to service_role using (true);
create policy p13 on public.t for delete to service_role, anon using (true);
create policy p14 on public.t as restrictive for delete using (true);
create policy p15 on public.t for delete using (1 in (1));
create policy p16 on public.t for delete using (1::int4 = 1::integer);
create policy p17 on public.t for delete using (1::bigint = 1);
create policy p18 on public.t for delete using (true = true);
create policy p19 on public.t for delete using ((select true));
create policy p20 on public.t for delete using (true and true);
create policy p21 on public.t for delete using (cast('true' as bool));
create policy p22 on public.t for delete using ('1' = '1');
create policy p23 on public.t for delete using (true is true);
create policy p24 on public.t for delete using (1.0 = 1.0);
create policy p25 on public.t for delete using (true::boolean);
create policy p26 on public.t for delete using (bool 'yes');
create policy p27 on public.t for delete using ('true');
create policy p28 on public.t for delete using (1 between 1 and 1);
create policy p29 on public.t for insert to authenticated with check (TRUE);
create policy p30 on public.t for all to authenticated using (id = 1) with check (1=1);
create policy p31 on public.t for delete using (null);
create policy p32 on public.t for insert with check (null);
create policy p33 on public.t for delete to app_role using (true);
create table public.part (id int, k int) partition by list (k);
create table public.part1 partition of public.part for values in (1);
alter table public.part enable row level security;
alter table public.part1 enable row level security;
create policy q1 on public.part for delete using (true);
create policy q2 on public.part1 for delete using (true);
create table public.off (id int primary key);
create policy q3 on public.off for delete using (true);

-- row: ERROR policy_exists_rls_disabled policy_exists_rls_disabled_public_off
-- row: ERROR rls_disabled_in_public rls_disabled_in_public_public_off
-- row: INFO no_primary_key no_primary_key_public_part1
-- row: WARN multiple_permissive_policies multiple_permissive_policies_public_t_anon_DELETE
-- row: WARN multiple_permissive_policies multiple_permissive_policies_public_t_anon_INSERT
-- row: WARN multiple_permissive_policies multiple_permissive_policies_public_t_anon_SELECT
-- row: WARN multiple_permissive_policies multiple_permissive_policies_public_t_anon_UPDATE
-- row: WARN multiple_permissive_policies multiple_permissive_policies_public_t_app_role_DELETE
-- row: WARN multiple_permissive_policies multiple_permissive_policies_public_t_app_role_INSERT
-- row: WARN multiple_permissive_policies multiple_permissive_policies_public_t_app_role_SELECT
-- row: WARN multiple_permissive_policies multiple_permissive_policies_public_t_app_role_UPDATE
-- row: WARN multiple_permissive_policies multiple_permissive_policies_public_t_authenticated_DELETE
-- row: WARN multiple_permissive_policies multiple_permissive_policies_public_t_authenticated_INSERT
-- row: WARN multiple_permissive_policies multiple_permissive_policies_public_t_authenticated_SELECT
-- row: WARN multiple_permissive_policies multiple_permissive_policies_public_t_authenticated_UPDATE
-- row: WARN multiple_permissive_policies multiple_permissive_policies_public_t_authenticator_DELETE
-- row: WARN multiple_permissive_policies multiple_permissive_policies_public_t_authenticator_INSERT
-- row: WARN multiple_permissive_policies multiple_permissive_policies_public_t_authenticator_SELECT
-- row: WARN multiple_permissive_policies multiple_permissive_policies_public_t_authenticator_UPDATE
-- row: WARN multiple_permissive_policies multiple_permissive_policies_public_t_dashboard_user_DELETE
-- row: WARN multiple_permissive_policies multiple_permissive_policies_public_t_dashboard_user_INSERT
-- row: WARN multiple_permissive_policies multiple_permissive_policies_public_t_dashboard_user_SELECT
-- row: WARN multiple_permissive_policies multiple_permissive_policies_public_t_dashboard_user_UPDATE
-- row: WARN multiple_permissive_policies multiple_permissive_policies_public_t_supabase_superuser_DELETE
-- row: WARN multiple_permissive_policies multiple_permissive_policies_public_t_supabase_superuser_INSERT
-- row: WARN multiple_permissive_policies multiple_permissive_policies_public_t_supabase_superuser_SELECT
-- row: WARN multiple_permissive_policies multiple_permissive_policies_public_t_supabase_superuser_UPDATE
-- row: WARN rls_policy_always_true rls_policy_always_true_public_part1_q2
-- row: WARN rls_policy_always_true rls_policy_always_true_public_t_p1
-- row: WARN rls_policy_always_true rls_policy_always_true_public_t_p10
-- row: WARN rls_policy_always_true rls_policy_always_true_public_t_p13
-- row: WARN rls_policy_always_true rls_policy_always_true_public_t_p15
-- row: WARN rls_policy_always_true rls_policy_always_true_public_t_p16
-- row: WARN rls_policy_always_true rls_policy_always_true_public_t_p2
-- row: WARN rls_policy_always_true rls_policy_always_true_public_t_p21
-- row: WARN rls_policy_always_true rls_policy_always_true_public_t_p25
-- row: WARN rls_policy_always_true rls_policy_always_true_public_t_p26
-- row: WARN rls_policy_always_true rls_policy_always_true_public_t_p27
-- row: WARN rls_policy_always_true rls_policy_always_true_public_t_p29
-- row: WARN rls_policy_always_true rls_policy_always_true_public_t_p3
-- row: WARN rls_policy_always_true rls_policy_always_true_public_t_p30
-- row: WARN rls_policy_always_true rls_policy_always_true_public_t_p4
-- row: WARN rls_policy_always_true rls_policy_always_true_public_t_p6
-- row: WARN rls_policy_always_true rls_policy_always_true_public_t_p7
-- row: WARN rls_policy_always_true rls_policy_always_true_public_t_p8
-- row: WARN rls_policy_always_true rls_policy_always_true_public_t_p9
