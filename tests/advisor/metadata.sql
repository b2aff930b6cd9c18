-- 0015: the token, and user_metadata somewhere behind it
create table public.t (id int primary key, e text, user_metadata jsonb);
create policy "arrow" on public.t using (auth.jwt() -> 'user_metadata' ->> 'r' = 'a');
create policy "cast" on public.t using ((auth.jwt() ->> 'user_metadata')::jsonb ->> 'r' = 'a');
create policy "wrapped" on public.t using ((select auth.jwt()) -> 'user_metadata' ->> 'r' = 'a');
create policy "claims" on public.t using (current_setting('request.jwt.claims')::jsonb -> 'user_metadata' ->> 'r' = 'a');
create policy "another claim" on public.t using (current_setting('request.jwt.claim.sub', true) = 'user_metadata');
create policy "the column's name in auth.users" on public.t using (auth.jwt() ->> 'raw_user_meta_data' = 'x');
create policy "a column behind" on public.t using (e = auth.jwt() ->> 'x' and t.user_metadata is not null);
create policy "a column before" on public.t using (t.user_metadata ->> 'x' = auth.jwt() ->> 'x');
create policy "auth.users" on public.t using (exists (select 1 from auth.users where raw_user_meta_data ->> 'a' = 'b'));
create policy "another letter for the underscore" on public.t using (auth.jwt() #>> '{user-metadata,a}' = 'x');
create policy "capitals" on public.t using (auth.jwt() ->> 'USER_METADATA' = 'x');
create policy "within app_metadata" on public.t for insert
  with check ('x' = (auth.jwt() -> 'app_metadata' -> 'user_metadata') ->> 'x');
create policy "restrictive" on public.t as restrictive using (auth.jwt() -> 'user_metadata' ->> 'r' = 'a');
create policy "two settings" on public.t using (
  (current_setting('request.jwt.claims', true)::json ->> 'email') = 'x'
  or (current_setting('request.jwt.claim.x') = 'user_metadata'));

-- row: ERROR policy_exists_rls_disabled policy_exists_rls_disabled_public_t
-- row: ERROR rls_disabled_in_public rls_disabled_in_public_public_t
-- row: ERROR rls_references_user_metadata rls_references_user_metadata_public_t_a column behind
-- row: ERROR rls_references_user_metadata rls_references_user_metadata_public_t_another letter for the underscore
-- row: ERROR rls_references_user_metadata rls_references_user_metadata_public_t_arrow
-- row: ERROR rls_references_user_metadata rls_references_user_metadata_public_t_cast
-- row: ERROR rls_references_user_metadata rls_references_user_metadata_public_t_claims
-- row: ERROR rls_references_user_metadata rls_references_user_metadata_public_t_restrictive
-- row: ERROR rls_references_user_metadata rls_references_user_metadata_public_t_two settings
-- row: ERROR rls_references_user_metadata rls_references_user_metadata_public_t_within app_metadata
-- row: ERROR rls_references_user_metadata rls_references_user_metadata_public_t_wrapped
-- row: WARN multiple_permissive_policies multiple_permissive_policies_public_t_anon_DELETE
-- row: WARN multiple_permissive_policies multiple_permissive_policies_public_t_anon_INSERT
-- row: WARN multiple_permissive_policies multiple_permissive_policies_public_t_anon_SELECT
-- row: WARN multiple_permissive_policies multiple_permissive_policies_public_t_anon_UPDATE
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
