create table public.blog (id int primary key, author uuid not null);
alter table public.blog enable row level security;
create policy "own" on public.blog to authenticated using ((select auth.uid()) = author);
-- finds: nothing

-- Both are for authenticated and SELECT.
create policy "read" on public.blog for select using (true);
-- finds: public.blog

-- One finding for each command that several policies are for.
create policy "add" on public.blog for insert to authenticated with check ((select auth.uid()) = author);
-- finds: public.blog, public.blog

-- A restrictive policy is ANDed: that is another matter.
drop policy "add" on public.blog;
drop policy "read" on public.blog;
create policy "read" on public.blog as restrictive for select using (true);
-- finds: nothing

-- A role that bypasses row level security does not count.
create policy "service" on public.blog to service_role using (true);
-- finds: nothing
