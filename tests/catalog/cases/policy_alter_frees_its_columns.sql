create table notes (id int, owner uuid);
create policy a on notes using (owner = auth.uid());
alter policy a on notes using (id = 1);
alter table notes drop column owner;
