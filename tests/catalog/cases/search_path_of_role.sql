create schema app;
create table app.notes (id int);
set search_path to app, extensions;
create policy p on notes using (id > 0);
grant select on notes to anon;
alter table notes enable row level security;
comment on table notes is 'found';
