create table public.blog (id int primary key, author uuid not null);
alter table public.blog enable row level security;
create policy own on public.blog for select to authenticated using ((select auth.uid()) = author);
create policy mine on public.blog for select to authenticated using (((select auth.uid()) = author));
-- finds: mine on public.blog

drop policy mine on public.blog;
-- finds: nothing

-- Another command, another role, another kind, another table.
create policy own_update on public.blog for update to authenticated using ((select auth.uid()) = author);
create policy own_anon on public.blog for select to anon using ((select auth.uid()) = author);
create policy own_only on public.blog as restrictive for select to authenticated using ((select auth.uid()) = author);
create table public.note (id int primary key, author uuid not null);
alter table public.note enable row level security;
create policy own on public.note for select to authenticated using ((select auth.uid()) = author);
-- finds: nothing
