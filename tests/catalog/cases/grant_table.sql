create table notes (id int, body text);
grant select, insert on notes to anon;
grant all on table notes to authenticated with grant option;
grant select on notes to public;
revoke insert on notes from anon;
revoke grant option for select on notes from authenticated;
revoke all on notes from service_role;
