create table notes (id int, owner uuid, other int);
create policy a on notes using (owner = auth.uid());
alter table notes drop column other;
-- refused: 2BP01
alter table notes drop column owner;
alter table notes drop column owner cascade;
