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

-- Who says false needs no privilege.
create table app.closed (id int primary key);
create policy "nobody" on app.closed for select to authenticated using (false);
-- finds: nothing

-- Names that have to be quoted.
create role "Night Shift";
create schema "My App";
create table "My App".note (id int primary key);
create policy "notes" on "My App".note for select to "Night Shift" using (true);
-- finds: notes on "My App".note

grant usage on schema "My App" to "Night Shift";
grant select on "My App".note to "Night Shift";
-- finds: nothing
