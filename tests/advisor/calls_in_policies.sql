-- 0003: what the server prints right behind a SELECT, or a call of the same function elsewhere
create schema my_auth;
create function my_auth.uid() returns uuid language sql stable set search_path = '' as 'select null::uuid';
create schema app;
create function app.get_current_setting(name text) returns text language sql stable set search_path = '' as 'select name';
create table public.t (id int primary key, u uuid, e text, v varchar(20));
alter table public.t enable row level security;
create policy "bare" on public.t for select using (u = auth.uid());
create policy "wrapped" on public.t for select using (u = (select auth.uid()));
create policy "one wrapped, one bare" on public.t for select using (u = (select auth.uid()) or u = auth.uid());
create policy "wrapped with more" on public.t for select using (e = (select auth.jwt() ->> 'email'));
create policy "operator outside" on public.t for select using (e = (select auth.jwt()) ->> 'email');
create policy "another cast inside" on public.t for select using (e = (select auth.uid()::text));
create policy "a cast to its own type" on public.t for select using (e = (select auth.role()::text));
create policy "in" on public.t for select using (u in (select auth.uid()));
create policy "distinct" on public.t for select using (u = (select distinct auth.uid()));
create policy "array" on public.t for select using (u = any (array(select auth.uid())));
create policy "exists" on public.t for select using (exists (select 1 from public.t x where x.u = auth.uid()));
create policy "a schema that ends in auth" on public.t for select using (u = my_auth.uid());
create policy "a name that ends in current_setting" on public.t for select using (e = app.get_current_setting('x'));
create policy "the same, wrapped" on public.t for select using (e = (select app.get_current_setting('x')));
create policy "setting" on public.t for select using (e = current_setting('app.x', true));
create policy "setting, wrapped" on public.t for select using (e = (select current_setting('app.x', true)));
create policy "setting, cast to text" on public.t for select using (e = (select current_setting('app.x', true)::text));
create policy "setting, cast" on public.t for select using (u = (select current_setting('app.x', true)::uuid));
create policy "setting of pg_catalog" on public.t for select using (e = (select pg_catalog.current_setting('app.x')));
create policy "union" on public.t for select using (u = (select auth.uid() union select null::uuid));
create policy "in a string" on public.t for select using (e <> 'auth.uid()');
create policy "for writing" on public.t for insert with check (u = auth.uid());
create policy "check alone" on public.t for update using (u = (select auth.uid())) with check (u = auth.uid());
create policy "named" on public.t for select using (u = ((select auth.uid() as x)));
create policy "with" on public.t for select using (u = (with a as (select auth.uid() as i) select i from a));
create policy "from" on public.t for select using (u = (select i from (select auth.uid() as i) s));
create policy "coalesce" on public.t for select using (e = (select coalesce(auth.email(), '')));
create policy "values" on public.t for select using (u = (values (auth.uid())));
create policy "in a comment" on public.t for select using (auth.uid() /* (select auth.uid()) */ = u);
create policy "quoted" on public.t for select using ("auth"."uid"() = u);
create policy "with a from" on public.t for select using (u = (select auth.uid() from public.t limit 1));
create policy "off" on public.t for select using (auth.role() = any (array['anon']));
create table public.off (id int primary key, u uuid);
create policy "row level security is off" on public.off for select using (u = auth.uid());
create policy "storage" on storage.objects for select using (owner_id = auth.uid()::text);
create policy "realtime" on realtime.messages for select using (auth.uid() is not null);
create table public.p (id int, u uuid) partition by list (id);
alter table public.p enable row level security;
create policy "partitioned" on public.p for select using (u = auth.uid());

-- row: ERROR policy_exists_rls_disabled policy_exists_rls_disabled_public_off
-- row: ERROR rls_disabled_in_public rls_disabled_in_public_public_off
-- row: WARN auth_rls_initplan auth_rls_init_plan_public_p_partitioned
-- row: WARN auth_rls_initplan auth_rls_init_plan_public_t_a name that ends in current_setting
-- row: WARN auth_rls_initplan auth_rls_init_plan_public_t_a schema that ends in auth
-- row: WARN auth_rls_initplan auth_rls_init_plan_public_t_another cast inside
-- row: WARN auth_rls_initplan auth_rls_init_plan_public_t_bare
-- row: WARN auth_rls_initplan auth_rls_init_plan_public_t_check alone
-- row: WARN auth_rls_initplan auth_rls_init_plan_public_t_coalesce
-- row: WARN auth_rls_initplan auth_rls_init_plan_public_t_distinct
-- row: WARN auth_rls_initplan auth_rls_init_plan_public_t_exists
-- row: WARN auth_rls_initplan auth_rls_init_plan_public_t_for writing
-- row: WARN auth_rls_initplan auth_rls_init_plan_public_t_in a comment
-- row: WARN auth_rls_initplan auth_rls_init_plan_public_t_in a string
-- row: WARN auth_rls_initplan auth_rls_init_plan_public_t_off
-- row: WARN auth_rls_initplan auth_rls_init_plan_public_t_quoted
-- row: WARN auth_rls_initplan auth_rls_init_plan_public_t_setting
-- row: WARN auth_rls_initplan auth_rls_init_plan_public_t_setting, cast
-- row: WARN auth_rls_initplan auth_rls_init_plan_public_t_the same, wrapped
-- row: WARN auth_rls_initplan auth_rls_init_plan_public_t_values
-- row: WARN auth_rls_initplan auth_rls_init_plan_public_t_wrapped with more
-- row: WARN auth_rls_initplan auth_rls_init_plan_realtime_messages_realtime
-- row: WARN multiple_permissive_policies multiple_permissive_policies_public_t_anon_SELECT
-- row: WARN multiple_permissive_policies multiple_permissive_policies_public_t_authenticated_SELECT
-- row: WARN multiple_permissive_policies multiple_permissive_policies_public_t_authenticator_SELECT
-- row: WARN multiple_permissive_policies multiple_permissive_policies_public_t_dashboard_user_SELECT
-- row: WARN multiple_permissive_policies multiple_permissive_policies_public_t_supabase_superuser_SELECT
