create table notes (id int);
alter table notes enable row level security;
create policy a on notes using (true);
comment on policy a on notes is 'all';
drop table notes;
