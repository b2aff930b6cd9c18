create table public.blog (id int primary key, author uuid not null, open boolean);
alter table public.blog enable row level security;
create policy "own" on public.blog using ((select auth.uid()) = author);
-- finds: own on public.blog

alter policy "own" on public.blog to authenticated;
-- finds: nothing

-- A restrictive policy takes away: that it is for every role is meant.
create policy "open" on public.blog as restrictive using (open);
-- finds: nothing

create policy "add" on public.blog for insert with check (open);
-- finds: add on public.blog

alter policy "add" on public.blog to anon, authenticated;
-- finds: nothing
