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
