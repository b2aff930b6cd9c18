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
