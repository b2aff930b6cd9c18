-- schema.yaml:
--   version: 1
--   target: {default_grants: exposed, exposed: [public, graphql_public, api]}
create schema apis;
-- finds: api

create schema api;
-- finds: api

grant usage on schema api to anon, authenticated;
-- finds: nothing

revoke usage on schema api from anon, authenticated;
grant usage on schema api to service_role;
-- finds: nothing

-- Made elsewhere.
-- schema.yaml:
--   version: 1
--   target: {default_grants: exposed, exposed: [public, reports]}
--   external: [schema reports]
-- finds: nothing
