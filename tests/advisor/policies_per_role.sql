-- 0006: PUBLIC is every role that does not bypass row level security, pg_ and supabase_..._admin left out
create role app_admin;
create role "Weird Role";
create role pgfoo;
create role supabase_x_admin;
create table public.t (id int primary key);
create policy a on public.t for all using (true);
create policy b on public.t for select using (true);
create policy c on public.t for select to anon using (true);
create policy d on public.t for insert to authenticated with check (true);
create policy e on public.t as restrictive for select using (true);
create policy f on public.t for delete to app_admin, "Weird Role" using (true);
create policy g on public.t for delete to "Weird Role" using (true);
create policy h on public.t for delete to public, anon using (true);
create table public.p (id int, k int) partition by list (k);
create table public.p1 partition of public.p for values in (1);
create policy a on public.p for all using (true);
create policy b on public.p for all using (true);
create policy a on public.p1 for all using (true);
create policy b on public.p1 for all using (true);
create policy a on storage.objects for all using (true);
create policy b on storage.objects for all using (true);
create policy a on realtime.messages for all using (true);
create policy b on realtime.messages for all using (true);

-- row: ERROR policy_exists_rls_disabled policy_exists_rls_disabled_public_p1
-- row: ERROR policy_exists_rls_disabled policy_exists_rls_disabled_public_t
-- row: ERROR rls_disabled_in_public rls_disabled_in_public_public_p1
-- row: ERROR rls_disabled_in_public rls_disabled_in_public_public_t
-- row: INFO no_primary_key no_primary_key_public_p1
-- row: WARN multiple_permissive_policies multiple_permissive_policies_public_p1_Weird Role_DELETE
-- row: WARN multiple_permissive_policies multiple_permissive_policies_public_p1_Weird Role_INSERT
-- row: WARN multiple_permissive_policies multiple_permissive_policies_public_p1_Weird Role_SELECT
-- row: WARN multiple_permissive_policies multiple_permissive_policies_public_p1_Weird Role_UPDATE
-- row: WARN multiple_permissive_policies multiple_permissive_policies_public_p1_anon_DELETE
-- row: WARN multiple_permissive_policies multiple_permissive_policies_public_p1_anon_INSERT
-- row: WARN multiple_permissive_policies multiple_permissive_policies_public_p1_anon_SELECT
-- row: WARN multiple_permissive_policies multiple_permissive_policies_public_p1_anon_UPDATE
-- row: WARN multiple_permissive_policies multiple_permissive_policies_public_p1_app_admin_DELETE
-- row: WARN multiple_permissive_policies multiple_permissive_policies_public_p1_app_admin_INSERT
-- row: WARN multiple_permissive_policies multiple_permissive_policies_public_p1_app_admin_SELECT
-- row: WARN multiple_permissive_policies multiple_permissive_policies_public_p1_app_admin_UPDATE
-- row: WARN multiple_permissive_policies multiple_permissive_policies_public_p1_authenticated_DELETE
-- row: WARN multiple_permissive_policies multiple_permissive_policies_public_p1_authenticated_INSERT
-- row: WARN multiple_permissive_policies multiple_permissive_policies_public_p1_authenticated_SELECT
-- row: WARN multiple_permissive_policies multiple_permissive_policies_public_p1_authenticated_UPDATE
-- row: WARN multiple_permissive_policies multiple_permissive_policies_public_p1_authenticator_DELETE
-- row: WARN multiple_permissive_policies multiple_permissive_policies_public_p1_authenticator_INSERT
-- row: WARN multiple_permissive_policies multiple_permissive_policies_public_p1_authenticator_SELECT
-- row: WARN multiple_permissive_policies multiple_permissive_policies_public_p1_authenticator_UPDATE
-- row: WARN multiple_permissive_policies multiple_permissive_policies_public_p1_dashboard_user_DELETE
-- row: WARN multiple_permissive_policies multiple_permissive_policies_public_p1_dashboard_user_INSERT
-- row: WARN multiple_permissive_policies multiple_permissive_policies_public_p1_dashboard_user_SELECT
-- row: WARN multiple_permissive_policies multiple_permissive_policies_public_p1_dashboard_user_UPDATE
-- row: WARN multiple_permissive_policies multiple_permissive_policies_public_p1_supabase_superuser_DELETE
-- row: WARN multiple_permissive_policies multiple_permissive_policies_public_p1_supabase_superuser_INSERT
-- row: WARN multiple_permissive_policies multiple_permissive_policies_public_p1_supabase_superuser_SELECT
-- row: WARN multiple_permissive_policies multiple_permissive_policies_public_p1_supabase_superuser_UPDATE
-- row: WARN multiple_permissive_policies multiple_permissive_policies_public_t_Weird Role_DELETE
-- row: WARN multiple_permissive_policies multiple_permissive_policies_public_t_Weird Role_SELECT
-- row: WARN multiple_permissive_policies multiple_permissive_policies_public_t_anon_DELETE
-- row: WARN multiple_permissive_policies multiple_permissive_policies_public_t_anon_SELECT
-- row: WARN multiple_permissive_policies multiple_permissive_policies_public_t_app_admin_DELETE
-- row: WARN multiple_permissive_policies multiple_permissive_policies_public_t_app_admin_SELECT
-- row: WARN multiple_permissive_policies multiple_permissive_policies_public_t_authenticated_DELETE
-- row: WARN multiple_permissive_policies multiple_permissive_policies_public_t_authenticated_INSERT
-- row: WARN multiple_permissive_policies multiple_permissive_policies_public_t_authenticated_SELECT
-- row: WARN multiple_permissive_policies multiple_permissive_policies_public_t_authenticator_DELETE
-- row: WARN multiple_permissive_policies multiple_permissive_policies_public_t_authenticator_SELECT
-- row: WARN multiple_permissive_policies multiple_permissive_policies_public_t_dashboard_user_DELETE
-- row: WARN multiple_permissive_policies multiple_permissive_policies_public_t_dashboard_user_SELECT
-- row: WARN multiple_permissive_policies multiple_permissive_policies_public_t_supabase_superuser_DELETE
-- row: WARN multiple_permissive_policies multiple_permissive_policies_public_t_supabase_superuser_SELECT
