-- schema.yaml:
--   version: 1
--   target: {default_grants: revoked, exposed: [public, api]}
create schema api;
alter default privileges in schema api grant select, insert on tables to anon, authenticated;
-- finds: for role postgres in schema api on tables grant select to anon

alter default privileges in schema api revoke all on tables from anon, authenticated;
-- finds: nothing

-- Roles that are no clients, a schema that the API does not serve, and taking away.
create schema internal;
alter default privileges in schema internal grant select on tables to authenticated;
alter default privileges in schema api grant all on tables to service_role;
alter default privileges in schema public revoke execute on functions from public, anon, authenticated;
alter default privileges in schema api grant usage on sequences to authenticated;
-- finds: nothing

alter default privileges in schema public grant execute on functions to public;
-- finds: for role postgres in schema public on functions grant execute to public

alter default privileges in schema public revoke execute on functions from public;
-- finds: nothing

alter default privileges grant select on tables to anon;
-- finds: for role postgres on tables grant select to anon

alter default privileges revoke select on tables from anon;
-- finds: nothing

-- A dump says again what the platform begins with.
-- schema.yaml:
--   version: 1
--   target: {default_grants: exposed}
alter default privileges for role postgres in schema public grant all on tables to anon, authenticated;
-- finds: nothing
