-- schema.yaml:
--   version: 1
--   target: {default_grants: exposed, anonymous_sign_ins: true}
create table public.blog (id int primary key, author uuid not null, open boolean);
alter table public.blog enable row level security;
create policy "read" on public.blog for select to authenticated using (true);
-- finds: read on public.blog

alter policy "read" on public.blog using ((select (auth.jwt() ->> 'is_anonymous')::boolean) is false);
-- finds: nothing

create policy "add" on public.blog for insert to public with check (auth.role() = 'authenticated' and open);
-- finds: add on public.blog

create policy "permanent users" on public.blog as restrictive for insert to authenticated
  with check ((select (auth.jwt() ->> 'is_anonymous')::boolean) is false);
-- finds: nothing

-- Rows of one's own, rows for everybody, and what another table tells.
create table public.member (team text, person uuid);
create policy "own" on public.blog for update to authenticated using ((select auth.uid()) = author);
create policy "open" on public.blog for select using (open);
create policy "team" on public.blog for delete to authenticated
  using (exists (select from public.member m where m.person = (select auth.uid())));
-- finds: nothing

create policy "remove" on public.blog for delete to authenticated using ((select auth.uid()) is not null);
-- finds: remove on public.blog

-- Nobody signs in without an account.
-- schema.yaml:
--   version: 1
--   target: {default_grants: exposed, anonymous_sign_ins: false}
-- finds: nothing
