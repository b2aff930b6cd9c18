create table notes (id int);
create sequence counter;
create function f() returns int language sql as 'select 1';
create type mood as enum ('a');
-- refused: 0LP01
grant execute on table notes to anon;
-- refused: 0LP01
grant usage on table notes to anon;
-- refused: 0LP01
grant insert on sequence counter to anon;
-- refused: 0LP01
grant select on function f() to anon;
-- refused: 0LP01
grant select on type mood to anon;
-- refused: 0LP01
grant select on schema public to anon;
-- refused: 42601
grant selects on notes to anon;
