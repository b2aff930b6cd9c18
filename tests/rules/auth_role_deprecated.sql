create table public.blog (id int primary key, author text);
alter table public.blog enable row level security;
create policy "read" on public.blog for select using (auth.role() = 'authenticated');
-- finds: read on public.blog

drop policy "read" on public.blog;
create policy "read" on public.blog for select to authenticated using (true);
-- finds: nothing

create policy "write" on public.blog for insert to authenticated with check ((select auth.email()) = author);
-- finds: write on public.blog

alter policy "write" on public.blog with check ((select auth.jwt()) ->> 'email' = author);
-- finds: nothing
