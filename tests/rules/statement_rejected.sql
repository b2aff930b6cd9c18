create table public.blog (id int primary key);
create policy if not exists "read" on public.blog for select to anon using (true);
create table public.author (id int primary key);
-- finds: line 2

-- WITH CHECK is not for reading.
create policy "read" on public.blog for select to anon with check (true);
-- finds: line 2, line 7
