create sequence counter;
create table notes (id serial primary key);
revoke all on sequence counter from anon, authenticated;
grant usage on sequence counter to anon;
grant select on table counter to authenticated;
grant all on sequence notes_id_seq to anon;
revoke update on notes_id_seq from anon;
-- refused: 42809
grant usage on sequence notes to anon;
