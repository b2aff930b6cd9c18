-- case: columns and options
create table todo (id uuid primary key default gen_random_uuid(), title text not null, n int, at timestamptz default now(), owner uuid);
create view all_of_it as select * from todo;
create view counted (a, b) with (security_invoker = on) as select id, count(*) from todo group by id;
create view checked with (security_barrier, security_invoker=false) as select t.title, t.n from todo t where t.n > 1 with local check option;
create view cascaded as select title from todo where title <> '' with check option;
create or replace temp view brief as select title from todo;

-- case: a column that comes later is not in it
create table t (a int, b text);
create view v as select * from t;
alter table t add column c int;
create or replace view v as select a, b, c from t;

-- case: OR REPLACE may only add columns
create table t (a int, b text, c int);
create view v as select a, b from t;
-- refused: 42P16
create or replace view v as select a from t;
-- refused: 42P16
create or replace view v as select b, a from t;
-- refused: 42P16
create or replace view v as select a, b::varchar(5) from t;
create or replace view v as select a, b, c + 1 as c from t;
-- refused: 42P16
create or replace view v as select a, b, 1.5 as c from t;
-- refused: 42809
create or replace view t as select 1;

-- case: OR REPLACE takes the options away
create table t (a int);
create view v with (security_invoker=true) as select a from t;
create or replace view v as select a from t where a > 0;
create or replace view v with (security_invoker=yes) as select a from t where a > 1;

-- case: options are set and reset
create table t (a int);
create view v as select a from t;
alter view v set (security_invoker = on, security_barrier);
alter view v set (security_invoker = 1);
alter view v reset (security_barrier);
-- refused: 22023
alter view v set (security_invoker = maybe);
-- refused: 22023
alter view v set (nonsense = 1);
alter view v set (check_option = 'local');
-- refused: 22023
alter view v set (check_option = 'some');
alter view if exists nov set (security_invoker=true);
-- refused: 42809
alter view t set (security_invoker=true);
alter table v set (security_invoker = off);
alter view v alter column a set default 3;

-- case: names that are taken
create table t (a int);
create sequence s;
create type c as (x int);
create type e as enum ('x');
-- refused: 42P07
create view t as select 1 as a;
-- refused: 42P07
create view s as select 1 as a;
-- refused: 42P07
create view c as select 1 as a;
-- refused: 42710
create view e as select 1 as a;
create index i on t (a);
-- refused: 42P07
create view i as select 1 as a;

-- case: renamed, and its columns
create table t (a int, b text);
create view v as select a, b as bee from t;
create view w as select v.a, x.bee from v join v x on x.a = v.a;
alter view v rename column a to aa;
-- refused: 42703
alter view v rename column nope to b;
-- refused: 42701
alter view v rename column aa to bee;
alter table v rename column bee to "B b";
alter view v rename to v9;
alter table t rename column b to b2;
alter table t rename to t2;
alter table w rename to ww;
-- refused: 42P07
alter view v9 rename to ww;

-- case: moved to another schema
create table t (a int);
create schema app;
create view v as select a from t;
create view w as select a from v;
alter view v set schema app;
create view v as select 1 as x;
-- refused: 42P07
alter view v set schema app;
alter schema app rename to own;

-- case: dropped
create table a (id int, x text);
create view v as select id from a;
create view w as select id from v;
alter table a drop column x;
-- refused: 2BP01
alter table a drop column id;
-- refused: 2BP01
drop table a;
-- refused: 2BP01
drop view v;
-- refused: 42809
drop view a;
-- refused: 42809
drop table w;
-- refused: 42P01
drop view nope;
drop view if exists nope, w;
drop view v;
-- refused: 3F000
drop view nos.v;

-- case: dropped with CASCADE
create table a (id int, x text);
create view v as select id from a;
create view w as select id from v;
create view u as select x from a;
alter table a drop column x cascade;
drop table a cascade;

-- case: a column that a view shows keeps its type
create table a (id int, x text);
create view v as select id from a;
-- refused: 0A000
alter table a alter column id type bigint;
alter table a alter column x type varchar(5);
-- refused: 42701
alter table a rename column x to id;

-- case: what is not there
create table a (id int, x text);
-- refused: 42703
create view v1 as select nope from a;
-- refused: 42703
create view v2 as select a.nope from a;
-- refused: 42P01
create view v3 as select b.id from a;
-- refused: 42702
create view v4 as select id from a, a b;
-- refused: 42883
create view v5 as select nofunc(id) from a;
-- refused: 42P01
create view v6 as select * from nosuch;
-- refused: 3F000
create view nos.v7 as select 1 as one;
-- refused: 42704
create view v8 as select id::nosuchtype from a;
-- refused: 42P01
create view v9 as select x.id from a x where a.id = 1;
-- refused: 42703
create view v10 as select id from a where exists (select 1 from a b where b.nope = 1);
-- refused: 42703
create view v11 as select id from a order by nope;
-- refused: 42P01
create view v12 as select a.* from a b;
-- refused: 42703
create view v13 as select id from a join a b using (nope);

-- case: columns that clash
create table a (id int, x text);
-- refused: 42701
create view v1 as select id, id from a;
-- refused: 42701
create view v2 as select * from a, a b;
-- refused: 42601
create view v3 (p, q, r) as select id, x from a;
-- refused: 42701
create view v4 (p, p) as select id, x from a;
-- refused: 42701
create view v5 (p) as select id, x as p from a;

-- case: owner
create table t (a int);
create view v as select a from t;
create role joe;
grant joe to postgres;
grant create on schema public to joe;
alter view v owner to joe;

-- case: the query in between is refused
create view v as select 1 as a;
-- refused: 42P07
create view v as select 2 as a;
create or replace view v as select 2 as a;
