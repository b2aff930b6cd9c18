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
