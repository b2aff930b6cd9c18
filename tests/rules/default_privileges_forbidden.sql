alter default privileges in schema public revoke execute on functions from public;
alter default privileges for role postgres in schema public grant select on tables to authenticated;
-- finds: nothing

alter default privileges for role supabase_admin in schema public grant all on tables to anon;
-- finds: line 5

-- One's own roles may be meant, and those that postgres is a member of.
create role maker;
alter default privileges for role maker in schema public grant select on tables to authenticated;
alter default privileges for role service_role in schema public grant select on tables to authenticated;
-- finds: line 5

alter default privileges for role supabase_storage_admin, postgres in schema storage revoke all on tables from anon;
-- finds: line 5, line 14

-- schema.yaml:
--   version: 1
--   target: {platform: none}
-- finds: nothing
