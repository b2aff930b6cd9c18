create role keeper;
grant keeper to postgres;
grant create on schema public to keeper;
create table notes (id int);
revoke all on notes from anon, authenticated, service_role;
grant select on notes to keeper, anon;
alter table notes owner to keeper;
create function f() returns int language sql as 'select 1';
alter function f() owner to keeper;
