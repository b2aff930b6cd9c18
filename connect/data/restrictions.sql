-- What the hosted platform refuses role postgres although PostgreSQL would not, and what it allows although
-- PostgreSQL would not: there a loaded library (supautils) decides, here two event triggers.
--
-- postgres owns nothing in auth, storage and realtime and is no member of the roles that do, so PostgreSQL itself
-- refuses almost all of it, in the platform's words. What the platform allows nevertheless (policies, DROP TRIGGER
-- and COMMENT ON POLICY on the tables listed below) is done as the platform does it: for the length of one command
-- postgres becomes a member of the owners; when the command has ended, whatever it did beyond the list is refused.
--
-- Run by the superuser, once for each database that is a template. Facts: supabase/postgres
-- ansible/files/postgresql_config/conf.d/supautils.conf (policy_grants, drop_trigger_grants,
-- privileged_role_allowed_configs).

create function pg_catalog.supautils_allows(about text) returns boolean language sql stable as $$
  select about = any (array[
    'auth.audit_log_entries', 'auth.flow_state', 'auth.identities', 'auth.instances', 'auth.mfa_amr_claims',
    'auth.mfa_challenges', 'auth.mfa_factors', 'auth.oauth_clients', 'auth.one_time_tokens', 'auth.refresh_tokens',
    'auth.saml_providers', 'auth.saml_relay_states', 'auth.sessions', 'auth.sso_domains', 'auth.sso_providers',
    'auth.users', 'realtime.messages', 'realtime.subscription', 'storage.buckets', 'storage.buckets_analytics',
    'storage.objects', 'storage.prefixes', 'storage.s3_multipart_uploads', 'storage.s3_multipart_uploads_parts'])
$$;

create function pg_catalog.supautils_elevate(tag text) returns void
  language plpgsql security definer set search_path = '' as $$
begin
  if tag in ('CREATE FOREIGN DATA WRAPPER', 'CREATE PUBLICATION') then
    alter role postgres superuser;
  elsif tag in ('ALTER EXTENSION', 'DROP EXTENSION') then
    grant supabase_admin to postgres;
  else
    grant supabase_auth_admin, supabase_storage_admin, supabase_realtime_admin to postgres;
  end if;
end $$;

create function pg_catalog.supautils_lower(tag text) returns void
  language plpgsql security definer set search_path = '' as $$
begin
  if tag in ('CREATE FOREIGN DATA WRAPPER', 'CREATE PUBLICATION') then
    alter role postgres nosuperuser;
  elsif tag in ('ALTER EXTENSION', 'DROP EXTENSION') then
    revoke supabase_admin from postgres;
  else
    revoke supabase_auth_admin, supabase_storage_admin, supabase_realtime_admin from postgres;
  end if;
end $$;

create function pg_catalog.supautils_start() returns event_trigger language plpgsql as $$
begin
  if current_user = 'postgres'
    and (tg_tag <> 'CREATE PUBLICATION' or pg_catalog.current_query() ~* 'for\s+all\s+tables') then
    perform pg_catalog.supautils_elevate(tg_tag);
  end if;
end $$;

create function pg_catalog.supautils_end() returns event_trigger language plpgsql as $$
declare
  command record;
begin
  if current_user <> 'postgres'
    or (tg_tag = 'CREATE PUBLICATION' and pg_catalog.current_query() !~* 'for\s+all\s+tables') then
    return;
  end if;
  perform pg_catalog.supautils_lower(tg_tag);
  for command in
    select c.object_type, coalesce(c.schema_name, a.object_names[1]) as schema_name, c.object_identity,
      a.object_names[2] as relation
    from pg_catalog.pg_event_trigger_ddl_commands() as c,
      pg_catalog.pg_identify_object_as_address(c.classid, c.objid, c.objsubid) as a
    where tg_tag in ('COMMENT', 'CREATE POLICY', 'ALTER POLICY')
  loop
    if command.schema_name in ('auth', 'storage', 'realtime')
      and (command.object_type <> 'policy'
        or not pg_catalog.supautils_allows(command.schema_name || '.' || command.relation)) then
      raise exception 'must be owner of % %',
          case when command.object_type in ('policy', 'trigger', 'rule', 'table column', 'table constraint')
            then 'relation' else command.object_type end,
          case when command.object_type in ('function', 'type')
            then pg_catalog.split_part(command.object_identity, '(', 1) else command.relation end
        using errcode = '42501';
    end if;
  end loop;
end $$;

create function pg_catalog.supautils_drop() returns event_trigger language plpgsql as $$
declare
  dropped record;
begin
  if current_user <> 'postgres' then
    return;
  end if;
  for dropped in
    select d.address_names as names from pg_catalog.pg_event_trigger_dropped_objects() as d
    where d.original and d.object_type in ('policy', 'trigger')
  loop
    if dropped.names[1] in ('auth', 'storage', 'realtime')
      and not pg_catalog.supautils_allows(dropped.names[1] || '.' || dropped.names[2]) then
      raise exception 'must be owner of relation %', dropped.names[2] using errcode = '42501';
    end if;
  end loop;
end $$;

create event trigger supautils_start on ddl_command_start
  when tag in ('CREATE POLICY', 'ALTER POLICY', 'DROP POLICY', 'DROP TRIGGER', 'COMMENT', 'ALTER EXTENSION',
    'DROP EXTENSION', 'CREATE PUBLICATION', 'CREATE FOREIGN DATA WRAPPER')
  execute function pg_catalog.supautils_start();
create event trigger supautils_end on ddl_command_end
  when tag in ('CREATE POLICY', 'ALTER POLICY', 'DROP POLICY', 'DROP TRIGGER', 'COMMENT', 'ALTER EXTENSION',
    'DROP EXTENSION', 'CREATE PUBLICATION', 'CREATE FOREIGN DATA WRAPPER')
  execute function pg_catalog.supautils_end();
create event trigger supautils_drop on sql_drop
  when tag in ('DROP POLICY', 'DROP TRIGGER')
  execute function pg_catalog.supautils_drop();

grant set on parameter log_lock_waits, log_min_duration_statement, log_min_messages, log_parameter_max_length,
  log_replication_commands, log_statement, log_temp_files, session_replication_role, track_io_timing, wal_compression
  to postgres;
grant set on parameter pgrst.app_settings, pgrst.db_aggregates_enabled, pgrst.db_anon_role,
  pgrst.db_extra_search_path, pgrst.db_max_rows, pgrst.db_plan_enabled, pgrst.db_pre_config, pgrst.db_pre_request,
  pgrst.db_schemas, pgrst.db_tx_end, pgrst.jwt_secret, pgrst.openapi_mode, pgrst.openapi_security_active,
  pgrst.server_timing_enabled to postgres;
grant execute on function pg_catalog.pg_reload_conf() to postgres;

-- From 16 on CREATEROLE no longer reaches a role that was made by another; the platform lets postgres change the
-- settings of authenticator (pgrst.db_schemas).
do $$
begin
  if current_setting('server_version_num')::integer >= 160000 then
    execute 'grant authenticator to postgres with admin true, inherit false, set false';
  end if;
end $$;
