-- case: a table keeps the names of what sits on it
create table t (id serial primary key, a text unique, b int check (b > 0), c int references t);
create index on t (lower(a)) where b > 1;
alter table t rename to u;
alter table u rename column a to "A b";
alter table u rename column b to t;
-- refused: 42703
alter table u rename column nix to y;
-- refused: 42701
alter table u rename column id to t;
alter table u rename constraint t_pkey to u_pk;
alter table u rename constraint t_b_check to positive;
-- refused: 42704
alter table u rename constraint nix to y;
-- refused: 42710
alter table u rename constraint positive to u_pk;
alter index t_a_key rename to u_a;
-- refused: 42P01
alter index nix rename to y;
alter index if exists nix rename to y;
alter sequence t_id_seq rename to ids;
create view w as select 1 as a;
-- refused: 42P07
alter table u rename to w;
alter table if exists nix rename to y;
alter index u_pk rename to u_pk2;
-- refused: 42P07
alter table u rename constraint u_pk2 to w;

-- case: columns in every clause
create table t (a int, b int generated always as (a * 2) stored, c text default 'a', check (a > 0 and c <> 'a'), unique (a, c), exclude using btree (a with =) where (a > 1));
create index on t (c, a desc, (a + 1)) include (a) where a is not null;
-- refused: 42830
create table f (a int, foreign key (a, a) references t (a, a));
alter table t add constraint k unique (a);
create table g (a int references t (a) on delete set null);
alter table t rename column a to z;
alter table t rename column c to "a";

-- case: to another schema
create schema zz;
create table t (id int generated always as identity primary key, s serial, a text unique);
create index on t (a);
create table r (x int references t);
alter table t set schema zz;
alter table zz.t set schema zz;
create table t (a int);
-- refused: 42P07
alter table t set schema zz;
alter table if exists nix set schema zz;
create sequence q;
alter sequence q set schema zz;
-- refused: 0A000
alter sequence zz.t_s_seq set schema public;
create view v as select * from zz.t;
alter view v set schema zz;
alter table zz.t rename to t2;

-- case: routines, procedures, aggregates and domains, by each of their names
create schema other;
create function f(in a int) returns int language sql as 'select 1';
create procedure p() language sql as '';
create aggregate sums(int) (sfunc = int4pl, stype = int);
create domain d as text not null;
alter routine f(int) rename to f2;
alter routine f2 set schema other;
alter routine other.f2 owner to postgres;
alter procedure p set schema other;
alter procedure other.p owner to postgres;
alter aggregate sums(int) owner to postgres;
alter aggregate sums(int) set schema other;
alter domain d set schema other;
comment on aggregate other.sums(int) is 'a';
comment on procedure other.p is 'b';
comment on routine other.p is 'c';
create materialized view other.m as select 1 as a;
comment on materialized view other.m is 'e';
create publication q;
comment on publication q is 'f';
alter publication q owner to postgres;

-- case: what is left of a dropped thing that was renamed before
create sequence s;
create function f() returns int language sql as 'select 1';
create table t (a int default nextval('s'), b int default f(), c int);
alter sequence s rename to s2;
alter function f() rename to f2;
drop sequence s2 cascade;
drop function f2() cascade;

-- case: parts of a renamed table
create table t (id int primary key, owner int unique, parent int references t, check (owner > id));
create index on t (owner, parent);
create policy p on t using (owner = id);
alter table t rename to u;
alter table u rename column owner to holder;
alter table u rename constraint t_pkey to u_pkey;
-- refused: 2BP01
alter table u drop constraint u_pkey;
-- refused: 2BP01
alter table u drop column holder;
alter table u drop column parent;
alter table u drop constraint u_pkey;
alter table u drop column holder cascade;
drop table u;
