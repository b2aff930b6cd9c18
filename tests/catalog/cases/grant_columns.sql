create table notes (id int, body text, secret text);
revoke all on notes from anon, authenticated;
grant select (id, body), update (body) on notes to anon;
grant select (id), insert on notes to authenticated;
revoke select (body) on notes from anon;
grant all (secret) on notes to service_role;
-- refused: 42703
grant select (nothing) on notes to anon;
-- refused: 0LP01
grant delete (id) on notes to anon;
