create schema app;
set search_path = app, public;
create table notes (id int);
set search_path to public;
create table notes (id int);
create table papers (id int);
set local search_path = 'app';
set search_path = '';
-- refused: 3F000
create table lost (id int);
reset search_path;
create table found (id int);
set search_path to default;
select set_config('search_path', 'app', false);
create table configured (id int);
set schema 'public';
create table last (id int);
reset all;
create table after_all (id int);
