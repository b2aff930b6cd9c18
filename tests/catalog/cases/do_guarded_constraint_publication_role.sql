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
