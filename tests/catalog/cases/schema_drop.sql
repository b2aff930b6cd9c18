create schema app;
create table app.notes (id int);
create table refers (id int, note int);
create view seen as select id from app.notes;
-- refused: 2BP01
drop schema app;
drop schema app cascade;
drop schema if exists app;
-- refused: 3F000
drop schema app;
create schema a;
create schema b;
drop schema a, b;
