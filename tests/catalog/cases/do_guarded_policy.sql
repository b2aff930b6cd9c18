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
