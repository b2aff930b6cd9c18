create table notes (id int);
revoke all on notes from postgres;
grant select on notes to anon;
grant select on notes to postgres;
