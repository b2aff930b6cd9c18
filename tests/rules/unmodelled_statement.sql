create table public.blog (id int primary key);
-- finds: nothing

do $$
begin
  execute 'alter table public.' || (select tablename from pg_tables limit 1) || ' enable row level security';
end $$;
-- finds: line 4
