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
-- refused: 42704
create policy b on notes to nobody using (true);
-- refused: 42809
create policy b on seen using (true);
