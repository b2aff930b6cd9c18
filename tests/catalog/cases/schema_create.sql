create schema app;
create schema if not exists app;
-- refused: 42P06
create schema app;
create role joe;
grant joe to postgres;
create schema authorization joe;
create schema held authorization joe;
-- refused: 42939
create schema pg_mine;
-- refused: 42704
create schema other authorization nobody;
