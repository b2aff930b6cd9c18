-- case: buckets
insert into storage.buckets (id, name, public) values ('a', 'a', true), ('b', 'b', false) on conflict (id) do nothing;
insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types)
values ('a', 'a', false, 5 * 1024 * 1024, array['image/png', 'image/jpeg']), ('d', 'D & <co>', default, null, '{a/b}')
on conflict (id) do update set
  public = excluded.public, file_size_limit = excluded.file_size_limit, allowed_mime_types = excluded.allowed_mime_types;
update storage.buckets set public = true, allowed_mime_types = null where id in ('b', 'nothing');
update storage.buckets set public = not public where name = 'a' and false;
insert into storage.buckets (id, name) select 'c', 'c' where not exists (select 1 from storage.buckets where id = 'c');
insert into storage.buckets (id, name) select 'c', 'c' where not exists (select 1 from storage.buckets where id = 'c');
-- refused: 23505
insert into storage.buckets (id, name) values ('c', 'c');
-- refused: 42501
delete from storage.buckets where id = 'c';
insert into storage.buckets values ('e & <e>', 'e');
do $$
declare
  b text;
begin
  foreach b in array array['x', 'y'] loop
    insert into storage.buckets (id, name, public) values (b, b, b = 'x') on conflict do nothing;
  end loop;
  insert into storage.buckets (id, name) values ('x', 'x');
exception when unique_violation then
  update storage.buckets set file_size_limit = 100 where id = 'd';
end $$;

-- case: a bucket whose row is long
insert into storage.buckets (id, name, allowed_mime_types) values ('long', 'long', array[
  'тип/0-<&>-''x''', 'тип/1-<&>-''x''', 'тип/2-<&>-''x''', 'тип/3-<&>-''x''', 'тип/4-<&>-''x''',
  'тип/5-<&>-''x''', 'тип/6-<&>-''x''', 'тип/7-<&>-''x''', 'тип/8-<&>-''x''', 'тип/9-<&>-''x''',
  'тип/10-<&>-''x''', 'тип/11-<&>-''x''', 'тип/12-<&>-''x''', 'тип/13-<&>-''x''', 'тип/14-<&>-''x''',
  'тип/15-<&>-''x''', 'тип/16-<&>-''x''', 'тип/17-<&>-''x''', 'тип/18-<&>-''x''', 'тип/19-<&>-''x''',
  'тип/20-<&>-''x''', 'тип/21-<&>-''x''', 'тип/22-<&>-''x''', 'тип/23-<&>-''x''', 'тип/24-<&>-''x''',
  'тип/25-<&>-''x''', 'тип/26-<&>-''x''', 'тип/27-<&>-''x''', 'тип/28-<&>-''x''', 'тип/29-<&>-''x''',
  'тип/30-<&>-''x''', 'тип/31-<&>-''x''', 'тип/32-<&>-''x''', 'тип/33-<&>-''x''', 'тип/34-<&>-''x''',
  'тип/35-<&>-''x''', 'тип/36-<&>-''x''', 'тип/37-<&>-''x''', 'тип/38-<&>-''x''', 'тип/39-<&>-''x''',
  'тип/40-<&>-''x''', 'тип/41-<&>-''x''', 'тип/42-<&>-''x''', 'тип/43-<&>-''x''', 'тип/44-<&>-''x''',
  'тип/45-<&>-''x''', 'тип/46-<&>-''x''', 'тип/47-<&>-''x''', 'тип/48-<&>-''x''', 'тип/49-<&>-''x''',
  'тип/50-<&>-''x''', 'тип/51-<&>-''x''', 'тип/52-<&>-''x''', 'тип/53-<&>-''x''', 'тип/54-<&>-''x''',
  'тип/55-<&>-''x''', 'тип/56-<&>-''x''', 'тип/57-<&>-''x''', 'тип/58-<&>-''x''', 'тип/59-<&>-''x'''
]);

-- case: cron jobs
create extension pg_cron;
select cron.schedule('nightly', '0 3 * * *', 'delete from public.logs');
select cron.schedule('hourly', '0 * * * *', $$select public.tick('it''s')$$);
select cron.schedule('*/5 * * * *', 'select 1');
select cron.schedule('nightly', '0 4 * * *', E'select 1;\nselect 2 < 3 and ''&'' <> ''x''');
select cron.unschedule('hourly');
-- refused: XX000
select cron.unschedule('hourly');
select cron.unschedule(jobid) from cron.job where jobname = 'hourly';
do $$
declare
  j bigint;
begin
  if not exists (select 1 from cron.job where jobname = 'weekly') then
    perform cron.schedule('weekly', '0 0 * * 0', format('refresh materialized view %I', 'Totals'));
  end if;
  select jobid into j from cron.job where jobname = 'nightly';
  if j is not null then
    perform cron.unschedule(j);
  end if;
  begin
    perform cron.unschedule('never there');
  exception when others then
    create table caught ();
  end;
  for j in select jobid from cron.job where jobname like 'none%' loop
    perform cron.unschedule(j);
  end loop;
end $$;

-- case: queues
create extension pgmq;
select pgmq.create('jobs');
select pgmq.create('gone');
select pgmq.drop_queue('gone');
alter table pgmq.q_jobs enable row level security;
create policy service on pgmq.q_jobs to service_role using (true);
do $$
begin
  if not exists (select from pgmq.list_queues() where queue_name = 'jobs') then create table wrong (); end if;
  if to_regclass('pgmq.q_jobs') is not null and to_regclass('pgmq.q_gone') is null then
    create table right_so ();
  end if;
end $$;

-- case: secrets change nothing
select vault.create_secret('value', 'name');
do $$
begin
  if not exists (select 1 from vault.secrets where name = 'other') then
    perform vault.create_secret('value', 'other', 'why');
  end if;
end $$;
