-- case: alter
create table notes (id int, owner uuid);
create policy a on notes for update to anon using (id = 1) with check (id = 2);
alter policy a on notes to authenticated;
alter policy a on notes using (id = 3);
alter policy a on notes with check (owner = auth.uid());
create policy s on notes for select using (true);
-- refused: 42601
alter policy s on notes with check (true);
create policy i on notes for insert with check (true);
-- refused: 42601
alter policy i on notes using (true);
-- refused: 42704
alter policy nobody on notes using (true);

-- case: alter frees its columns
create table notes (id int, owner uuid);
create policy a on notes using (owner = auth.uid());
alter policy a on notes using (id = 1);
alter table notes drop column owner;

-- case: create
create table notes (id int primary key, owner uuid, body text, open boolean);
create policy "read own" on notes for select to authenticated using ((select auth.uid()) = owner);
create policy insert_own on notes for insert to authenticated, anon with check (auth.uid() = owner);
create policy change on public.notes for update to authenticated using (auth.uid() = owner) with check (auth.uid() = owner and open);
create policy gone on notes for delete using (false);
create policy everything on notes using (true);

-- case: follows renames
create table notes (id int, owner uuid);
create policy a on notes using (owner = auth.uid() and id > 0);
alter table notes rename column owner to holder;
alter table notes rename to papers;
create schema app;
alter table papers set schema app;

-- case: goes with its table
create table notes (id int);
alter table notes enable row level security;
create policy a on notes using (true);
comment on policy a on notes is 'all';
drop table notes;

-- case: needs its columns
create table notes (id int, owner uuid, other int);
create policy a on notes using (owner = auth.uid());
alter table notes drop column other;
-- refused: 2BP01
alter table notes drop column owner;
alter table notes drop column owner cascade;

-- case: needs its function
create table notes (id int);
create function allowed(int) returns boolean language sql stable as 'select $1 > 0';
create policy a on notes using (allowed(id));
-- refused: 2BP01
drop function allowed(int);
drop function allowed(int) cascade;

-- case: on storage
create policy "avatars are public" on storage.objects for select using (bucket_id = 'avatars');
create policy own on storage.objects for insert to authenticated
  with check (bucket_id = 'avatars' and (storage.foldername(name))[1] = (select auth.uid())::text);
drop policy own on storage.objects;

-- case: public
create table notes (id int);
create policy a on notes to public using (true);
create policy b on notes to public, anon using (true);
create policy c on notes to current_user using (true);

-- case: refused
create table notes (id int);
create view seen as select id from notes;
create policy a on notes using (true);
-- refused: 42710
create policy a on notes using (false);
-- refused: 42601
create policy b on notes for select with check (true);
-- refused: 42601
create policy b on notes for insert using (true);
-- refused: 42703
create policy b on notes using (nobody = 1);
-- refused: 42809
create policy b on seen using (true);

-- case: rename drop
create table notes (id int);
create policy a on notes using (true);
create policy b on notes using (true);
alter policy a on notes rename to "A new name";
-- refused: 42710
alter policy b on notes rename to "A new name";
drop policy if exists nobody on notes;
drop policy if exists nobody on nowhere;
drop policy b on notes;
-- refused: 42704
drop policy b on notes;

-- case: restrictive
create table notes (id int, tenant text);
create policy only_tenant on notes as restrictive for all to authenticated
  using (tenant = (auth.jwt() ->> 'tenant'));
create policy mixed on notes as permissive to service_role, authenticated using (true) with check (id > 0);

-- case: subquery
create table teams (id int primary key, owner uuid);
create table notes (id int primary key, team int references teams);
create policy a on notes for select to authenticated
  using (exists (select 1 from teams t where t.id = notes.team and t.owner = (select auth.uid())));
create policy b on notes for insert with check (team in (select teams.id from teams));
-- refused: 2BP01
drop table teams;
