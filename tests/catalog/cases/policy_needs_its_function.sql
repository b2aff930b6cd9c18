create table notes (id int);
create function allowed(int) returns boolean language sql stable as 'select $1 > 0';
create policy a on notes using (allowed(id));
-- refused: 2BP01
drop function allowed(int);
drop function allowed(int) cascade;
