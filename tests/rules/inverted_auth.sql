create table public.blog (id int primary key, author uuid not null, open boolean);
alter table public.blog enable row level security;
create policy "own" on public.blog for select using (auth.uid() is null or auth.uid() = author);
-- finds: own on public.blog

alter policy "own" on public.blog to authenticated;
-- finds: nothing

alter policy "own" on public.blog to public using ((select auth.uid()) = author);
-- finds: nothing

-- For visitors alone, or for everybody: that is said, and meant.
create policy "visitors" on public.blog for insert to anon with check (auth.uid() is null and open);
create policy "everybody" on public.blog for select using (true);
create policy "visitors read" on public.blog for select using ((select auth.uid()) is null);
-- finds: nothing

create policy "write" on public.blog for update to anon, authenticated
  using ((select auth.uid()) is null or (select auth.uid()) = author);
-- finds: write on public.blog

revoke update on public.blog from anon;
-- finds: nothing
