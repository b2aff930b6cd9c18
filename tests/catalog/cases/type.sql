-- case: enums
create type mood as enum ('sad', 'ok', 'happy', 'it''s', 'Ж');
-- refused: 42710
create type mood as enum ('x');
create type empty as enum ();
-- refused: 23505
create type twice as enum ('a', 'a');
alter type mood add value 'great';
alter type mood add value if not exists 'great';
-- refused: 42710
alter type mood add value 'great';
alter type mood add value 'meh' before 'ok';
alter type mood add value 'fine' after 'ok';
-- refused: 22023
alter type mood add value 'x' after 'nope';
alter type mood rename value 'sad' to 'gloomy';
-- refused: 22023
alter type mood rename value 'nope' to 'x';
-- refused: 42710
alter type mood rename value 'ok' to 'fine';
-- refused: 42704
alter type nope add value 'x';

-- case: a renamed value in expressions
-- known: 90 %
create type mood as enum ('sad', 'ok');
create table t (m mood default 'sad', n int, check (m <> 'sad'));
create policy p on t using (m = 'sad');
alter type mood rename value 'sad' to 'gloomy';
create policy q on t using (m = 'gloomy');

-- case: enums renamed, moved, dropped
create type mood as enum ('sad', 'ok');
create table t (m mood default 'ok', ms mood[], check (m <> 'sad'::mood));
create view v as select m, 'ok'::mood as c from t;
create function f(a mood) returns mood[] language sql as 'select array[a]';
alter type mood rename to feeling;
alter type feeling set schema extensions;
create type feeling as enum ('x');
-- refused: 42710
alter type feeling set schema extensions;
-- refused: 2BP01
drop type extensions.feeling;
drop type extensions.feeling cascade;
-- refused: 42704
drop type nope;
drop type if exists nope, nos.nope;
-- refused: 2BP01
drop type t;
-- refused: 42704
alter type nope rename to x;
-- refused: 42501
drop type pg_catalog.text;

-- case: names that are taken
create table t (a int);
create view v as select 1 as a;
create type e as enum ('a');
create domain d as int;
-- refused: 42710
create type t as enum ('a');
-- refused: 42710
create type v as enum ('a');
-- refused: 42710
create type e as (a int);
-- refused: 42710
create type d as enum ('a');
-- refused: 42710
create table e (a int);
-- refused: 42710
create view d as select 1 as a;
-- refused: 42710
create type t as (a int);
-- refused: 42710
alter type e rename to d;
-- refused: 42710
alter type e rename to t;

-- case: composite types
create type addr as (street text, zip varchar(5), n numeric(4,1), "Odd Name" int[]);
-- refused: 42710
create type addr as (x int);
create type none as ();
-- refused: 42701
create type twice as (a int, a text);
alter type addr add attribute city text, drop attribute n, alter attribute zip type text;
alter type addr rename attribute street to "Street Name";
-- refused: 42701
alter type addr add attribute city text;
-- refused: 42703
alter type addr drop attribute nope;
alter type addr drop attribute if exists nope;
-- refused: 42703
alter type addr rename attribute nope to x;
-- refused: 42701
alter type addr rename attribute city to zip;
-- refused: 42703
alter type addr alter attribute nope type int;

-- case: composite types in use
create type addr as (street text, zip varchar(5));
create type person as (name text, home addr, homes addr[]);
create table t (a addr, p person);
create function f(a addr) returns text language sql as $$ select a.street || (a).zip $$;
create view v as select (a).street as street, (p).home as home, ((p).home).zip as zip from t;
-- refused: 2BP01
drop type addr;
alter type addr rename to address;
drop type address cascade;

-- case: ranges
create type fr as range (subtype = float8);
create type textrange as range (subtype = text, collation = "C");
create type plain as range (subtype = date, multirange_type_name = plains);
create table t (r fr, m textrange[]);
create view v as select fr(1, 2) as r, lower(fr(1, 2)) as l;
-- refused: 42601
create type bad as range (subtype_diff = float8mi);
-- refused: 2BP01
drop type fr;
drop type textrange cascade;

-- case: shells and base types
-- refused: 42501
create type shell;
-- refused: 42501
create type base (input = textin, output = textout);

-- case: owners
create role joe;
grant joe to postgres;
grant create on schema public to joe;
create type mood as enum ('a');
create domain d as int;
alter type mood owner to joe;
alter domain d owner to joe;
-- refused: 42809
alter domain mood owner to postgres;
create table t (a int);
-- refused: 42809
alter type t owner to joe;

-- case: options of a base type
create type pair as (a int, b int);
-- refused: 42P17
alter type pair set (storage = plain);
