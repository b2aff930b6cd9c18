create table notes (id int);
grant select on notes to current_user, session_user, public;
revoke select on notes from public;
-- refused: 0LP01
grant select on notes to public with grant option;
-- refused: 42704
grant select on notes to nobody;
