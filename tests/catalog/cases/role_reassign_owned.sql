create role joe;
grant joe to postgres;
grant create on schema public to joe;
create table notes (id int);
alter table notes owner to joe;
reassign owned by joe to postgres;
