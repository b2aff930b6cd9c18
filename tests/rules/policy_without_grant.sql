-- schema.yaml:
--   version: 1
--   target: {default_grants: revoked}
create table public.blog (id serial primary key, author uuid not null);
alter table public.blog enable row level security;
create policy "read" on public.blog for select to authenticated using (true);
-- finds: read on public.blog

grant select on public.blog to authenticated;
-- finds: nothing

-- INSERT needs the sequence of the serial column as well.
create policy "write" on public.blog for insert to authenticated with check ((select auth.uid()) = author);
grant insert on public.blog to authenticated;
revoke all on sequence public.blog_id_seq from authenticated;
-- finds: write on public.blog

grant usage on sequence public.blog_id_seq to authenticated;
-- finds: nothing

create schema app;
create table app.note (id int primary key);
create policy "notes" on app.note for select to authenticated using (true);
grant select on app.note to authenticated;
-- finds: notes on app.note

grant usage on schema app to authenticated;
-- finds: nothing

-- A column is enough to read.
revoke select on app.note from authenticated;
grant select (id) on app.note to authenticated;
-- finds: nothing
