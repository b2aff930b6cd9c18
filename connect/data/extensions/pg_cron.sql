-- Stands in for pg_cron: its tables and functions; jobs are written down, and nothing ever runs them.
-- Whatever schema CREATE EXTENSION says, on the platform it is pg_catalog (supautils.extensions_parameter_overrides).
update pg_catalog.pg_extension set extnamespace = 'pg_catalog'::regnamespace where extname = 'pg_cron';
create schema cron;
create sequence cron.jobid_seq;
create sequence cron.runid_seq;
create table cron.job (
  jobid bigint primary key default nextval('cron.jobid_seq'),
  schedule text not null,
  command text not null,
  nodename text not null default 'localhost',
  nodeport integer not null default 5432,
  database text not null default current_database(),
  username text not null default current_user,
  active boolean not null default true,
  jobname text,
  constraint jobname_username_uniq unique (jobname, username)
);
create table cron.job_run_details (
  jobid bigint,
  runid bigint primary key default nextval('cron.runid_seq'),
  job_pid integer,
  database text,
  username text,
  command text,
  status text,
  return_message text,
  start_time timestamptz,
  end_time timestamptz
);
alter table cron.job enable row level security;
alter table cron.job_run_details enable row level security;
create policy cron_job_policy on cron.job using (username = current_user);
create policy cron_job_run_details_policy on cron.job_run_details using (username = current_user);

create function cron.schedule(schedule text, command text) returns bigint
  language sql security definer set search_path = '' as $$
  insert into cron.job (schedule, command, username) values ($1, $2, session_user) returning jobid
$$;
create function cron.schedule(job_name text, schedule text, command text) returns bigint
  language sql security definer set search_path = '' as $$
  insert into cron.job (jobname, schedule, command, username) values ($1, $2, $3, session_user)
  on conflict on constraint jobname_username_uniq do update
    set schedule = excluded.schedule, command = excluded.command
  returning jobid
$$;
create function cron.schedule_in_database(job_name text, schedule text, command text, database text,
    username text default null, active boolean default true) returns bigint
  language sql security definer set search_path = '' as $$
  insert into cron.job (jobname, schedule, command, database, username, active)
  values ($1, $2, $3, $4, coalesce($5, session_user), $6)
  on conflict on constraint jobname_username_uniq do update set schedule = excluded.schedule,
    command = excluded.command, database = excluded.database, active = excluded.active
  returning jobid
$$;
create function cron.alter_job(job_id bigint, schedule text default null, command text default null,
    database text default null, username text default null, active boolean default null) returns void
  language sql security definer set search_path = '' as $$
  update cron.job as j set schedule = coalesce($2, j.schedule), command = coalesce($3, j.command),
    database = coalesce($4, j.database), username = coalesce($5, j.username), active = coalesce($6, j.active)
  where j.jobid = $1
$$;
create function cron.unschedule(job_id bigint) returns boolean
  language plpgsql security definer set search_path = '' as $$
begin
  delete from cron.job as j where j.jobid = job_id and j.username = session_user;
  if not found then
    raise exception 'could not find valid entry for job %', job_id using errcode = 'XX000';
  end if;
  return true;
end $$;
create function cron.unschedule(job_name text) returns boolean
  language plpgsql security definer set search_path = '' as $$
begin
  delete from cron.job as j where j.jobname = job_name and j.username = session_user;
  if not found then
    raise exception 'could not find valid entry for job ''%''', job_name using errcode = 'XX000';
  end if;
  return true;
end $$;
create function cron.job_cache_invalidate() returns trigger language plpgsql as $$
begin
  return null;
end $$;
create trigger cron_job_cache_invalidate after insert or delete or update or truncate on cron.job
  for each statement execute function cron.job_cache_invalidate();

grant usage on schema cron to postgres with grant option;
grant all on all tables in schema cron to postgres with grant option;
grant all on all sequences in schema cron to postgres with grant option;
grant all on all functions in schema cron to postgres with grant option;
revoke all on cron.job from postgres;
grant select on cron.job to postgres with grant option;
