-- case: extension
create extension if not exists pgcrypto;
create schema ext;
create extension hstore with schema ext;
create extension citext;
-- refused: 42710
create extension hstore;
-- refused: 42704
create extension earthdistance;
create extension earthdistance cascade;
alter extension citext set schema ext;
drop extension citext;
drop extension if exists citext;
-- refused: 42704
drop extension citext;
