create table notes (id int);
create view seen as select id from notes;
create materialized view kept as select id from notes;
revoke all on seen from anon;
revoke all on kept from anon, authenticated;
grant select on table seen, kept to authenticated;
-- refused: 42809
grant usage on sequence seen to anon;
