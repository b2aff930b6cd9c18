create table teams (id int primary key, owner uuid);
create table notes (id int primary key, team int references teams);
create policy a on notes for select to authenticated
  using (exists (select 1 from teams t where t.id = notes.team and t.owner = (select auth.uid())));
create policy b on notes for insert with check (team in (select teams.id from teams));
-- refused: 2BP01
drop table teams;
