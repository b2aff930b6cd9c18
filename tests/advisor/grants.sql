-- 0013: SELECT on the whole table, however it is held, and in a schema that nobody may use
revoke all on all tables in schema public from anon, authenticated;
create table public.defaults (id int);
create role my_group;
grant my_group to anon;
create table public.membership (id int);
revoke all on public.membership from anon, authenticated;
grant select on public.membership to my_group;
create table public.everybody (id int);
revoke all on public.everybody from anon, authenticated;
grant select on public.everybody to public;
create table public.writers (id int);
revoke select on public.writers from anon, authenticated;
alter default privileges in schema public revoke select on tables from anon, authenticated;
create table public.others (id int);
create table public.some_columns (id int);
grant select (id) on public.some_columns to authenticated;
revoke usage on schema public from anon, authenticated;

-- row: ERROR rls_disabled_in_public rls_disabled_in_public_public_defaults
-- row: ERROR rls_disabled_in_public rls_disabled_in_public_public_everybody
-- row: ERROR rls_disabled_in_public rls_disabled_in_public_public_membership
-- row: INFO no_primary_key no_primary_key_public_defaults
-- row: INFO no_primary_key no_primary_key_public_everybody
-- row: INFO no_primary_key no_primary_key_public_membership
-- row: INFO no_primary_key no_primary_key_public_others
-- row: INFO no_primary_key no_primary_key_public_some_columns
-- row: INFO no_primary_key no_primary_key_public_writers
