-- case: loops over unnest, VALUES and a WITH
create table a (id int);
create table b (id int, name text);
do $$
declare
  t text;
  r record;
begin
  for t in select unnest(array['a', 'b']) loop
    execute format('alter table %I enable row level security', t);
  end loop;
  for r in select * from (values ('a', 'read', 'select'), ('b', 'write', 'insert')) as v(t, n, c) loop
    execute format('create policy %I on %I for %s to authenticated %s (true)',
      r.n, r.t, r.c, case when r.c = 'insert' then 'with check' else 'using' end);
  end loop;
  for r in
    with open_ones as (select tablename from pg_tables where schemaname = 'public' and rowsecurity)
    select o.tablename, p.policyname from open_ones o left join pg_policies p
      on p.tablename = o.tablename and p.policyname = 'read'
  loop
    if r.policyname is null then
      execute 'create policy closed on ' || r.tablename || ' as restrictive using (false)';
    end if;
  end loop;
  for t in select x from unnest(string_to_array('c,d', ',')) as x union all select 'e' loop
    execute format('create table %I ()', t);
  end loop;
end $$;

-- case: loops that count, end early and begin again
create table a (id int);
do $$
declare
  n int := 0;
begin
  for i in reverse 5..1 by 2 loop
    execute format('create table down_%s ()', i);
  end loop;
  <<outer>>
  for i in 1..3 loop
    for j in 1..3 loop
      continue outer when j > i;
      exit outer when i = 3;
      execute format('create table t_%s_%s ()', i, j);
    end loop;
  end loop;
  while n < 2 loop
    n := n + 0;
    execute format('create index on a (id) where id > %s', n);
    exit when n = 0;
  end loop;
  loop
    exit when exists (select from pg_policies where tablename = 'a');
    create policy p on a using (true);
  end loop;
end $$;

-- case: aggregates, their text executed
create table a (id int);
create table b (id int);
create view v as select 1 as one;
do $$
declare
  sql text;
  n int;
  names text[];
  t text;
begin
  select string_agg(format('alter table %I.%I enable row level security', schemaname, tablename), '; '), count(*)
    into sql, n from pg_tables where schemaname = 'public';
  execute sql;
  select array_agg(tablename order by tablename) into names from pg_tables where schemaname = 'public';
  foreach t in array names || 'a'::text loop
    execute format('create index if not exists %I on %I (id)', t || '_id', t);
  end loop;
  if n = 2 and array_length(names, 1) = 2 then
    create table counted ();
  end if;
  if (select count(*) from pg_policies where tablename = 'a') = 0 then
    create policy p on a using (true);
  end if;
  for t in select tablename from pg_policies group by tablename having count(*) > 0 and tablename = 'a' loop
    execute format('comment on table %I is %L', t, 'it''s guarded');
  end loop;
end $$;

-- case: CASE, IN, NULLIF and coalesce
create table a (id int, kind text);
do $$
declare
  n int := 2;
  nothing text;
begin
  case n
    when 1 then create table one ();
    when 2, 3 then create table two ();
    else create table three ();
  end case;
  case when n > 5 then create table big (); when n > 1 then create table small (); end case;
  if coalesce(nullif(nothing, ''), 'x') = 'x' and nothing is null then create table x (); end if;
  if nothing = 'x' then create table wrong (); else create table null_is_not_true (); end if;
  if 'kind' in (select column_name from information_schema.columns where table_name = 'a') then
    alter table a add constraint kinds check (kind in ('b'));
  end if;
end $$;

-- case: EXECUTE with INTO and USING
create table a (id int);
do $$
declare
  n text := 'a';
  found_it boolean;
  r record;
begin
  execute 'select exists (select 1 from pg_tables where tablename = $1)' into found_it using n;
  if found_it then create table b (); end if;
  select exists (select from information_schema.tables where table_name = n) into found_it;
  if found_it then create table c (); end if;
  select schemaname, tablename into r from pg_tables where tablename = 'a';
  execute format('create table %I.%I ()', r.schemaname, r.tablename || '_too');
  select * into r from pg_tables where tablename = 'nothing of this name';
  if r.tablename is null then create table d (); end if;
  if not found then create table e (); end if;
end $$;

-- case: variables of inner blocks begin anew
create table a (id int);
create table b (id int);
do $$
declare
  t text;
  made boolean := false;
begin
  foreach t in array array['a', 'b'] loop
    declare
      made boolean := false;
      name text := t || '_idx';
    begin
      if not made then
        execute format('create index %I on %I (id)', name, t);
        made := true;
      end if;
    end;
  end loop;
  if not made then create table outer_is_untouched (); end if;
end $$;

-- case: handlers undo their block
create table a (id int);
do $$
begin
  begin
    create table undone ();
    create table a ();
  exception
    when duplicate_object then create table wrong ();
    when duplicate_table then create table made_by_the_handler ();
  end;
  begin
    alter table a add column id int;
  exception when sqlstate '42701' then create table by_its_state ();
  end;
  begin
    create policy p on nothing using (true);
  exception when syntax_error_or_access_rule_violation then create table by_its_class ();
  end;
  begin
    begin
      create table a ();
    exception when others then
      if sqlstate = '42P07' then raise; end if;
    end;
  exception when duplicate_table then create table raised_again ();
  end;
  begin
    raise exception 'stop' using errcode = 'P0001';
  exception when raise_exception then create table raised ();
  end;
end $$;

-- case: functions that answer and functions that make
create function has_table(t text) returns boolean language sql stable as $$
  select exists (select 1 from pg_tables where schemaname = 'public' and tablename = t)
$$;
create function has_column(t text, c text) returns boolean language plpgsql as $$
begin
  return exists (select 1 from information_schema.columns where table_name = t and column_name = c);
end $$;
create function add_touch(t regclass, prefix text default 'touch_') returns text language plpgsql as $$
declare
  name text := prefix || 'it';
begin
  if not exists (select from pg_trigger where tgrelid = t and tgname = name) then
    execute format('create trigger %I before update on %s for each row execute function noop()', name, t);
    return name;
  end if;
  return null;
end $$;
create function noop() returns trigger language plpgsql as 'begin return new; end';
create table a (id int);
create table b (id int);
do $$
declare
  name text;
begin
  if has_table('a') then create table c (); end if;
  if not has_column('a', 'x') then alter table a add column x int; end if;
  name := add_touch('a');
  if name = 'touch_it' then create table told (); end if;
  perform add_touch('a');
end $$;
select add_touch(format('public.%I', tablename)::regclass, 'late_') from pg_tables
where schemaname = 'public' and tablename in ('a', 'b');
select add_touch('a', 'never_') where not has_table('a');

-- case: cursors and queries that call
create table a (id int);
do $$
declare
  tables cursor for select tablename from pg_tables where schemaname = 'public';
  n int;
begin
  for r in tables loop
    execute format('alter table %I enable row level security', r.tablename);
    get diagnostics n = row_count;
  end loop;
end $$;

-- case: functions of pg_catalog on names
create table "Mixed Case" (id int);
create table user_posts (id int);
do $$
declare
  t text := 'user_posts';
begin
  execute format('create policy %I on %I using (true)', initcap(replace(t, '_', ' ')) || ' read', t);
  execute format('create index %I on %I (id)', left(t, 4) || '_' || right(t, 5) || '_' || upper('x'), t);
  execute 'create table ' || split_part('one.two', '.', 2) || substring('__three' from 3) || ' ()';
  execute 'create table ' || quote_ident('Mixed ' || trim('  too ')) || ' ()';
  execute concat_ws(' ', 'create', 'table', lower('FOUR'), '()');
  execute format('create table %2$I (%1$I int)', 'col', 'five');
  if 'a_b' like 'a\_b' and 'x' ~ '^[a-z]$' and not 'abc' ilike 'B%' then create table matched (); end if;
  if (array['p', 'q'])[1] = 'p' then null; end if;
end $$;

-- case: types of the catalog
create type mood as enum ('sad');
create table a (id int primary key, parent int references a, m mood);
create domain small as int check (value < 10);
do $$
begin
  if to_regtype('public.mood') is not null and to_regtype('gone') is null then
    alter type mood add value if not exists 'ok';
  end if;
  if not exists (select 1 from pg_enum e join pg_type t on t.oid = e.enumtypid
                 where t.typname = 'mood' and e.enumlabel = 'glad') then
    alter type mood add value 'glad';
  end if;
  if exists (select 1 from pg_constraint where conrelid = 'a'::regclass and contype = 'f'
             and confrelid = 'public.a'::regclass) then
    alter table a drop constraint a_parent_fkey;
  end if;
  if exists (select from pg_proc where proname = 'none' and pronargs = 0) then create table wrong (); end if;
end $$;

-- case: what no server takes
create table a (id int);
-- refused: 42601
do $$ begin for p in select policyname from pg_policies loop execute 'create table b ()'; end loop; end $$;
-- refused: 42601
do $$ begin create policy if not exists p on a using (true); end $$;
-- refused: 42601
do $$ begin n := 1; create table b (); end $$;
-- refused: 20000
do $$ declare n int := 4; begin create table b (); case n when 1 then create table c (); end case; end $$;
-- refused: 22004
do $$ declare n text; begin execute 'create table ' || n; end $$;
