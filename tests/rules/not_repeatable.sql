create table if not exists public.blog (id int primary key);
alter table public.blog enable row level security;
create policy "read" on public.blog for select to anon using (true);
-- finds: line 3

-- Once per file, at the first of them.
create type public.mood as enum ('good', 'bad');
-- finds: line 3

-- A plain CREATE TABLE fails first on a second run: this file is meant to run once.
create table public.author (id int primary key);
-- finds: nothing
