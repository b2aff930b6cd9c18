create role reporter login;
alter role reporter nologin;
alter role authenticator set pgrst.db_schemas = 'public, api';
alter role anon set statement_timeout = '3s';
grant authenticated to reporter;
grant reporter to authenticator;
-- finds: nothing

create role admin superuser;
-- finds: line 9

alter role supabase_auth_admin with login;
-- finds: line 9, line 12

alter role service_role login;
-- finds: line 9, line 12, line 15

grant supabase_storage_admin to postgres;
-- finds: line 9, line 12, line 15, line 18

drop role reporter;
alter role postgres set statement_timeout = '1min';
-- finds: line 9, line 12, line 15, line 18

-- schema.yaml:
--   version: 1
--   target: {platform: none}
-- finds: nothing
