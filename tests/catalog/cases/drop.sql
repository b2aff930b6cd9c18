-- case: tables
create table a (id int primary key);
create table b (a int references a, c serial);
create view v as select * from a;
create sequence s;
-- refused: 42P01
drop table nix;
drop table if exists nix, other.nix;
-- refused: 42809
drop table v;
-- refused: 42809
drop view a;
-- refused: 42809
drop table s;
-- refused: 42809
drop sequence a;
-- refused: 42809
drop index a;
-- refused: 2BP01
drop table a;
drop table a cascade;
drop table b, b;
-- refused: 42P01
drop sequence b_c_seq;

-- case: in what was dropped
create table a (id int primary key, b serial, c text unique);
create index i on a (c);
create policy p on a using (true);
comment on column a.c is 'x';
grant select on a to anon;
drop table a;
create table a (x int);

-- case: both sides of a foreign key at once
create table a (id int primary key);
create table b (a int references a);
alter table a add column b int;
drop table a, b;

-- case: indexes
create table t (a int primary key, b int, c int unique);
create index i on t (b);
create index j on t (b, a);
-- refused: 42704
drop index i, nix;
drop index if exists nix, i;
-- refused: 2BP01
drop index t_pkey;
-- refused: 2BP01
drop index t_c_key cascade;
-- refused: 42809
drop index t;
create unique index k on t (b);
create table f (b int references t (b));
-- refused: 2BP01
drop index k;
drop index k cascade;
drop index j;

-- case: schemas with everything
create schema app;
create table app.t (id serial primary key);
create table public.r (t int references app.t, u int);
create view public.v as select id from app.t;
-- refused: 2BP01
drop schema app;
drop schema app cascade;
