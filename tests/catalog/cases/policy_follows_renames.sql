create table notes (id int, owner uuid);
create policy a on notes using (owner = auth.uid() and id > 0);
alter table notes rename column owner to holder;
alter table notes rename to papers;
create schema app;
alter table papers set schema app;
