-- schema.yaml:
--   version: 1
--   target: {default_grants: revoked}
create table public.blog (id int primary key, author uuid not null);
alter table public.blog enable row level security;
create policy "own" on public.blog for select to authenticated using ((select auth.uid()) = author);
grant select, delete on public.blog to authenticated;
-- finds: public.blog

create policy "remove own" on public.blog for delete to authenticated using ((select auth.uid()) = author);
-- finds: nothing

grant select on public.blog to anon;
-- finds: public.blog

-- A policy without TO is for anon as well.
create policy "all" on public.blog for select using (author is null);
-- finds: nothing

-- service_role is not asked; without row level security nobody is; without any policy it is another rule's.
grant all on public.blog to service_role;
create table public.open (id int primary key);
grant select on public.open to anon;
create table public.closed (id int primary key);
alter table public.closed enable row level security;
grant select on public.closed to authenticated;
-- finds: nothing

-- A policy for a group is one for its members.
create role editors;
grant editors to authenticated;
create policy "edit" on public.blog for update to editors using (true);
grant update on public.blog to authenticated;
-- finds: nothing

-- What every new table is granted, nobody has said of this one.
-- schema.yaml:
--   version: 1
--   target: {default_grants: exposed}
create table public.later (id int primary key);
alter table public.later enable row level security;
create policy "read" on public.later for select to authenticated using (true);
-- finds: nothing
