-- Stands in for pgmq 1.5: queues are tables that belong to the extension; partitions are not made.
create table pgmq.meta (
  queue_name varchar unique not null,
  is_partitioned boolean not null,
  is_unlogged boolean not null,
  created_at timestamptz not null default now()
);
create type pgmq.message_record as (msg_id bigint, read_ct integer, enqueued_at timestamptz, vt timestamptz,
  message jsonb, headers jsonb);
create type pgmq.queue_record as (queue_name varchar, is_partitioned boolean, is_unlogged boolean,
  created_at timestamptz);
create type pgmq.metrics_result as (queue_name text, queue_length bigint, newest_msg_age_sec integer,
  oldest_msg_age_sec integer, total_messages bigint, scrape_time timestamptz, queue_visible_length bigint);

create function pgmq.format_table_name(queue_name text, prefix text) returns text language plpgsql as $$
begin
  if queue_name ~ '\$|;|--|''' then
    raise exception 'queue name contains invalid characters: $, ;, --, or \''';
  end if;
  return lower(prefix || '_' || queue_name);
end $$;
create function pgmq.validate_queue_name(queue_name text) returns void language plpgsql as $$
begin
  if length(queue_name) >= 48 then
    raise exception 'queue name is too long, maximum length is 47 characters';
  end if;
end $$;
create function pgmq._belongs_to_pgmq(table_name text) returns boolean language sql as $$
  select exists (
    select from pg_catalog.pg_depend as d
    join pg_catalog.pg_extension as e on d.refclassid = 'pg_catalog.pg_extension'::regclass and d.refobjid = e.oid
    where d.classid = 'pg_catalog.pg_class'::regclass and e.extname = 'pgmq'
      and d.objid = to_regclass(format('pgmq.%I', table_name)))
$$;
create function pgmq._create(queue_name text, persistence text) returns void language plpgsql as $$
declare
  queue text := pgmq.format_table_name(queue_name, 'q');
  archive text := pgmq.format_table_name(queue_name, 'a');
begin
  perform pgmq.validate_queue_name(queue_name);
  execute format('create %s table if not exists pgmq.%I (
    msg_id bigint primary key generated always as identity, read_ct integer not null default 0,
    enqueued_at timestamptz not null default now(), vt timestamptz not null, message jsonb, headers jsonb)',
    persistence, queue);
  execute format('create table if not exists pgmq.%I (
    msg_id bigint primary key, read_ct integer not null default 0, enqueued_at timestamptz not null default now(),
    archived_at timestamptz not null default now(), vt timestamptz not null, message jsonb, headers jsonb)', archive);
  if not pgmq._belongs_to_pgmq(queue) then
    execute format('alter extension pgmq add table pgmq.%I', queue);
    execute format('alter extension pgmq add sequence pgmq.%I', queue || '_msg_id_seq');
  end if;
  if not pgmq._belongs_to_pgmq(archive) then
    execute format('alter extension pgmq add table pgmq.%I', archive);
  end if;
  execute format('create index if not exists %I on pgmq.%I (vt)', queue || '_vt_idx', queue);
  execute format('create index if not exists %I on pgmq.%I (archived_at)', 'archived_at_idx_' || queue_name, archive);
  insert into pgmq.meta (queue_name, is_partitioned, is_unlogged)
    values (_create.queue_name, false, persistence = 'unlogged') on conflict do nothing;
end $$;
create function pgmq.create_non_partitioned(queue_name text) returns void language sql as $$
  select pgmq._create($1, '')
$$;
create function pgmq.create_unlogged(queue_name text) returns void language sql as $$
  select pgmq._create($1, 'unlogged')
$$;
create function pgmq.create_partitioned(queue_name text, partition_interval text default '10000',
    retention_interval text default '100000') returns void language sql as $$
  select pgmq._create($1, '')
$$;
create function pgmq.create(queue_name text) returns void language sql as $$
  select pgmq._create($1, '')
$$;
create function pgmq.detach_archive(queue_name text) returns void language plpgsql as $$
begin
  execute format('alter extension pgmq drop table pgmq.%I', pgmq.format_table_name(queue_name, 'a'));
end $$;
create function pgmq.drop_queue(queue_name text) returns boolean language plpgsql as $$
declare
  queue text := pgmq.format_table_name(queue_name, 'q');
  archive text := pgmq.format_table_name(queue_name, 'a');
begin
  if not exists (select from pgmq.meta as m where m.queue_name = drop_queue.queue_name) then
    raise notice 'pgmq queue `%` does not exist', queue_name;
    return false;
  end if;
  if pgmq._belongs_to_pgmq(queue) then
    execute format('alter extension pgmq drop table pgmq.%I', queue);
    execute format('alter extension pgmq drop sequence pgmq.%I', queue || '_msg_id_seq');
  end if;
  if pgmq._belongs_to_pgmq(archive) then
    execute format('alter extension pgmq drop table pgmq.%I', archive);
  end if;
  execute format('drop table if exists pgmq.%I', queue);
  execute format('drop table if exists pgmq.%I', archive);
  delete from pgmq.meta as m where m.queue_name = drop_queue.queue_name;
  return true;
end $$;
create function pgmq.drop_queue(queue_name text, partitioned boolean) returns boolean language sql as $$
  select pgmq.drop_queue($1)
$$;
create function pgmq.list_queues() returns setof pgmq.queue_record language sql as $$
  select queue_name, is_partitioned, is_unlogged, created_at from pgmq.meta
$$;
create function pgmq.purge_queue(queue_name text) returns bigint language plpgsql as $$
declare
  deleted bigint;
begin
  execute format('delete from pgmq.%I', pgmq.format_table_name(queue_name, 'q'));
  get diagnostics deleted = row_count;
  return deleted;
end $$;

create function pgmq.send_batch(queue_name text, msgs jsonb[], headers jsonb[], delay timestamptz)
  returns setof bigint language plpgsql as $$
begin
  return query execute format('insert into pgmq.%I (vt, message, headers)
    select $2, m, h from unnest($1, $3) as each (m, h) returning msg_id', pgmq.format_table_name(queue_name, 'q'))
    using msgs, delay, headers;
end $$;
create function pgmq.send_batch(queue_name text, msgs jsonb[]) returns setof bigint language sql as $$
  select * from pgmq.send_batch($1, $2, null, clock_timestamp())
$$;
create function pgmq.send_batch(queue_name text, msgs jsonb[], headers jsonb[]) returns setof bigint language sql as $$
  select * from pgmq.send_batch($1, $2, $3, clock_timestamp())
$$;
create function pgmq.send_batch(queue_name text, msgs jsonb[], delay integer) returns setof bigint language sql as $$
  select * from pgmq.send_batch($1, $2, null, clock_timestamp() + make_interval(secs => $3))
$$;
create function pgmq.send_batch(queue_name text, msgs jsonb[], delay timestamptz) returns setof bigint
  language sql as $$
  select * from pgmq.send_batch($1, $2, null, $3)
$$;
create function pgmq.send_batch(queue_name text, msgs jsonb[], headers jsonb[], delay integer)
  returns setof bigint language sql as $$
  select * from pgmq.send_batch($1, $2, $3, clock_timestamp() + make_interval(secs => $4))
$$;
create function pgmq.send(queue_name text, msg jsonb, headers jsonb, delay timestamptz) returns setof bigint
  language sql as $$
  select * from pgmq.send_batch($1, array[$2], array[$3], $4)
$$;
create function pgmq.send(queue_name text, msg jsonb) returns setof bigint language sql as $$
  select * from pgmq.send($1, $2, null, clock_timestamp())
$$;
create function pgmq.send(queue_name text, msg jsonb, headers jsonb) returns setof bigint language sql as $$
  select * from pgmq.send($1, $2, $3, clock_timestamp())
$$;
create function pgmq.send(queue_name text, msg jsonb, delay integer) returns setof bigint language sql as $$
  select * from pgmq.send($1, $2, null, clock_timestamp() + make_interval(secs => $3))
$$;
create function pgmq.send(queue_name text, msg jsonb, delay timestamptz) returns setof bigint language sql as $$
  select * from pgmq.send($1, $2, null, $3)
$$;
create function pgmq.send(queue_name text, msg jsonb, headers jsonb, delay integer) returns setof bigint
  language sql as $$
  select * from pgmq.send($1, $2, $3, clock_timestamp() + make_interval(secs => $4))
$$;
create function pgmq.read(queue_name text, vt integer, qty integer, conditional jsonb default '{}')
  returns setof pgmq.message_record language plpgsql as $$
begin
  return query execute format('update pgmq.%1$I as q set vt = clock_timestamp() + make_interval(secs => $1),
      read_ct = read_ct + 1
    where msg_id in (select msg_id from pgmq.%1$I where vt <= clock_timestamp() and message @> $3
      order by msg_id limit $2 for update skip locked)
    returning q.msg_id, q.read_ct, q.enqueued_at, q.vt, q.message, q.headers',
    pgmq.format_table_name(queue_name, 'q')) using vt, qty, conditional;
end $$;
create function pgmq.read_with_poll(queue_name text, vt integer, qty integer, max_poll_seconds integer default 5,
    poll_interval_ms integer default 100, conditional jsonb default '{}')
  returns setof pgmq.message_record language sql as $$
  select * from pgmq.read($1, $2, $3, $6)
$$;
create function pgmq.pop(queue_name text) returns setof pgmq.message_record language plpgsql as $$
begin
  return query execute format('delete from pgmq.%1$I where msg_id =
      (select msg_id from pgmq.%1$I where vt <= clock_timestamp() order by msg_id limit 1 for update skip locked)
    returning msg_id, read_ct, enqueued_at, vt, message, headers', pgmq.format_table_name(queue_name, 'q'));
end $$;
create function pgmq.archive(queue_name text, msg_ids bigint[]) returns setof bigint language plpgsql as $$
begin
  return query execute format('with gone as (delete from pgmq.%I where msg_id = any ($1)
      returning msg_id, vt, read_ct, enqueued_at, message, headers)
    insert into pgmq.%I (msg_id, vt, read_ct, enqueued_at, message, headers) select * from gone returning msg_id',
    pgmq.format_table_name(queue_name, 'q'), pgmq.format_table_name(queue_name, 'a')) using msg_ids;
end $$;
create function pgmq.archive(queue_name text, msg_id bigint) returns boolean language sql as $$
  select exists (select from pgmq.archive($1, array[$2]))
$$;
create function pgmq.delete(queue_name text, msg_ids bigint[]) returns setof bigint language plpgsql as $$
begin
  return query execute format('delete from pgmq.%I where msg_id = any ($1) returning msg_id',
    pgmq.format_table_name(queue_name, 'q')) using msg_ids;
end $$;
create function pgmq.delete(queue_name text, msg_id bigint) returns boolean language sql as $$
  select exists (select from pgmq.delete($1, array[$2]))
$$;
create function pgmq.set_vt(queue_name text, msg_id bigint, vt integer) returns setof pgmq.message_record
  language plpgsql as $$
begin
  return query execute format('update pgmq.%I set vt = clock_timestamp() + make_interval(secs => $2) where msg_id = $1
    returning msg_id, read_ct, enqueued_at, vt, message, headers', pgmq.format_table_name(queue_name, 'q'))
    using msg_id, vt;
end $$;
create function pgmq.metrics(queue_name text) returns pgmq.metrics_result language sql as $$
  select $1, 0::bigint, null::integer, null::integer, 0::bigint, now(), 0::bigint
$$;
create function pgmq.metrics_all() returns setof pgmq.metrics_result language sql as $$
  select (pgmq.metrics(queue_name)).* from pgmq.meta
$$;

alter schema pgmq owner to postgres;
do $$
declare
  member record;
begin
  for member in select oid::regprocedure as name from pg_proc where pronamespace = 'pgmq'::regnamespace loop
    execute format('alter function %s owner to postgres', member.name);
  end loop;
  for member in select oid::regtype as name from pg_type
      where typnamespace = 'pgmq'::regnamespace and typtype = 'c' and typname <> 'meta' loop
    execute format('alter type %s owner to postgres', member.name);
  end loop;
end $$;
alter table pgmq.meta owner to postgres;
