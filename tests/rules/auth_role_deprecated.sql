create table public.blog (id int primary key, author text);
alter table public.blog enable row level security;
-- without TO it is missing_to's
create policy "read" on public.blog for select using (auth.role() = 'authenticated');
-- finds: nothing

alter policy "read" on public.blog to anon, authenticated;
-- finds: read on public.blog

alter policy "read" on public.blog to authenticated using (true);
-- finds: nothing

create policy "write" on public.blog for insert to authenticated with check ((select auth.email()) = author);
-- finds: write on public.blog

alter policy "write" on public.blog with check ((select auth.jwt()) ->> 'email' = author);
-- finds: nothing
