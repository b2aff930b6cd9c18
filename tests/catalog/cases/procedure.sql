-- case: call and select functions
create table notes (id int);
create function protect(t text) returns void language plpgsql as $$
begin
  execute format('alter table %I enable row level security', t);
end $$;
create procedure open_it(t regclass) language plpgsql as $$
begin
  execute 'create policy all_of_it on notes using (true)';
end $$;
create function harmless() returns int language sql as 'select 1';
select protect('notes');
call open_it('notes');
select harmless(), now();

-- case: DO, execute constants
create table a (id int);
create table b (id int);
do $$
declare
  t text;
  names text[] := array['a', 'b'];
begin
  foreach t in array names loop
    execute format('alter table public.%I enable row level security', t);
    execute 'create policy ' || quote_ident(t || ' read') || ' on ' || t || ' for select using (true)';
  end loop;
  execute 'create table c (id int)';
  for i in 1..2 loop
    execute format('create index idx_%s on c (id)', i);
  end loop;
end $$;

-- case: DO, guarded column
create table notes (id int);
do $$
begin
  if not exists (
    select 1 from information_schema.columns
    where table_schema = 'public' and table_name = 'notes' and column_name = 'body'
  ) then
    alter table notes add column body text not null default '';
  end if;
  if exists (select 1 from information_schema.columns where table_name = 'notes' and column_name = 'gone') then
    alter table notes rename column gone to came;
  end if;
  begin
    alter table notes add column id int;
  exception when duplicate_column then raise notice 'there already';
  end;
end $$;

-- case: DO, guarded constraint publication role
create table notes (id int primary key, parent int);
do $$
begin
  if not exists (select 1 from pg_constraint where conname = 'notes_parent_fkey') then
    alter table notes add constraint notes_parent_fkey foreign key (parent) references notes (id);
  end if;
  if not exists (select 1 from pg_constraint where conname = 'c' and conrelid = 'public.notes'::regclass) then
    alter table notes add constraint c check (id > 0);
  end if;
  if not exists (
    select 1 from pg_publication_tables where pubname = 'supabase_realtime' and tablename = 'notes'
  ) then
    alter publication supabase_realtime add table notes;
  end if;
  if not exists (select from pg_roles where rolname = 'anon') then
    create role anon;
  end if;
  if not exists (select from pg_catalog.pg_roles where rolname = 'reader') then
    create role reader;
  end if;
end $$;

-- case: DO, guarded policy
create table notes (id int, owner uuid);
do $$
begin
  if not exists (
    select 1 from pg_policies where schemaname = 'public' and tablename = 'notes' and policyname = 'read own'
  ) then
    create policy "read own" on public.notes for select using (auth.uid() = owner);
  end if;
end
$$;
do $$
begin
  if not exists (select from pg_policies where tablename = 'notes' and policyname = 'read own') then
    create policy "read own" on public.notes for select using (false);
  end if;
  if exists (select from pg_policies where tablename = 'notes' and policyname = 'none') then
    drop policy none on notes;
  end if;
end
$$;

-- case: DO, guarded type
do $$ begin
  create type mood as enum ('a', 'b');
exception when duplicate_object then null;
end $$;
do $$ begin
  create type mood as enum ('c');
exception when duplicate_object then null;
end $$;
do $$
begin
  if not exists (select 1 from pg_type where typname = 'size') then
    create type size as enum ('s', 'm');
  end if;
  if not exists (select 1 from pg_type where typname = 'size') then
    create type size as enum ('l');
  end if;
end $$;

-- case: DO, harmless
create table notes (id int);
do $$
declare n int;
begin
  select count(*) into n from notes;
  insert into notes values (1);
  if n > 0 then
    raise notice 'there are %', n;
  end if;
end $$;

-- case: DO, loop over catalog
create schema app;
create table app.a (id int);
create table app.b (id int);
create table outside (id int);
do $$
declare
  r record;
begin
  for r in select schemaname, tablename from pg_tables where schemaname = 'app' loop
    execute format('alter table %I.%I enable row level security', r.schemaname, r.tablename);
    execute format('revoke all on %I.%I from anon', r.schemaname, r.tablename);
  end loop;
end $$;

-- case: DO, refused
create table notes (id int);
-- refused: 42P07
do $$ begin
  create table first (id int);
  create table notes (id int);
end $$;
-- refused: P0001
do $$ begin
  if exists (select 1 from pg_tables where tablename = 'notes') then
    raise exception 'there already';
  end if;
end $$;

-- case: DO, functions whose search_path is not set
create function f1() returns int language sql as 'select 1';
create function f2(a int, b text default 'x') returns int language sql set search_path = '' as 'select 1';
create function f3() returns int language sql set work_mem = '8MB' as 'select 1';
do $$
declare r record;
begin
  for r in select n.nspname as s, p.proname as f, pg_get_function_identity_arguments(p.oid) as args
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname = 'public' and p.prokind in ('f', 'p') and not exists (
      select 1 from unnest(coalesce(p.proconfig, array[]::text[])) as cfg where cfg like 'search_path=%')
  loop
    execute format('alter function %I.%I(%s) set search_path = public, pg_temp', r.s, r.f, r.args);
  end loop;
end $$;

-- case: DO, functions chosen by their settings
create function f1() returns int language sql as 'select 1';
create function f2() returns int language sql set search_path = public as 'select 1';
create function f3(a int) returns int language sql as 'select 1';
create function f4(a int) returns int language sql set work_mem = '8MB' set enable_seqscan = off as 'select 1';
do $$
declare r record;
begin
  for r in select p.proname, n.nspname || '.' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')' as whole
    from pg_proc p join pg_namespace n on p.pronamespace = n.oid
    where n.nspname = 'public' and p.proname in ('f1', 'f2', 'f3')
      and (p.proconfig is null or not 'search_path=' = any(p.proconfig))
  loop
    execute format('alter function %s set search_path = ''''', r.whole);
  end loop;
  for r in select oid::regprocedure::text as whole from pg_proc
    where pronamespace = 'public'::regnamespace and proconfig::text like '{work_mem%'
  loop
    execute format('alter function %s security definer', r.whole);
  end loop;
  for r in select proname from pg_proc
    where pronamespace = 'public'::regnamespace and array_to_string(proconfig, ',') not like '%search_path%'
  loop
    execute format('alter function public.%I(int) stable', r.proname);
  end loop;
end $$;

-- case: DO, functions that an extension may have brought
create extension pg_trgm schema extensions;
do $$
begin
  if not exists (select 1 from pg_proc p join pg_namespace n on n.oid = p.pronamespace
                 where n.nspname = 'extensions' and p.proname = 'similarity') then
    create function public.has_similarity() returns int language sql as 'select 1';
  end if;
  if exists (select 1 from pg_proc where proname = 'word_similarity') then
    create function public.has_word_similarity() returns int language sql as 'select 1';
  end if;
end $$;

-- case: DO, functions with arguments that are not known
-- known: 80 %
create table settings (name text, arguments text);
create function f1(a int) returns int language sql as 'select 1';
create function f2(a int) returns int language sql as 'select 1';
insert into settings values ('f1', 'integer');
do $$
declare r record;
begin
  for r in select * from settings loop
    execute format('alter function public.%I(%s) set search_path = public', r.name, r.arguments);
  end loop;
end $$;
