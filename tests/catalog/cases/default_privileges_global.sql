alter default privileges grant select on tables to anon;
create schema app;
create table app.a (id int);
alter default privileges revoke select on tables from anon;
create table app.b (id int);
