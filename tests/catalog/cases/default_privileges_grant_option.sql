create schema app;
alter default privileges in schema app grant select on tables to anon with grant option;
create table app.a (id int);
alter default privileges in schema app revoke grant option for select on tables from anon;
create table app.b (id int);
