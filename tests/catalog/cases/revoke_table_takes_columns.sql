create table notes (id int, body text);
revoke all on notes from anon;
grant select (id), update (id, body) on notes to anon;
revoke update on notes from anon;
revoke all on notes from anon;
