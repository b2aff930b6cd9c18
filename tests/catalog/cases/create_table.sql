-- case: columns, constraints and their implicit names
create table t1 (
  a serial,
  b int constraint x check (b > a) check (b > 0) check (a > 0),
  check (a > b),
  constraint t1_b_check2 unique (b),
  unique (b),
  unique (a, b),
  c text default 'x' || lower('Y') not null,
  d int references t1 (b) on delete cascade
);

-- case: types as they are printed
create table public.types (
  a varchar(10), b char, c char(3), d numeric(10, 2), e numeric, f float(24), g float, h int2, i bigint, j timestamptz(3),
  k timestamp, l time with time zone, m interval day to second (3), n bit(3), o bit varying, p text[], q int[3][], r "char",
  s bpchar, t name, u json, v jsonb, w uuid, x inet, y tsvector, z money, aa smallserial, bb bigserial, cc date, dd bool,
  ff xml, gg oid, hh regclass, ii int4range, jj real, kk double precision, ll decimal(5)
);

-- case: defaults
create table defaults (
  a int default 1, b int default -1, c text default 'it''s', d text default null, e timestamptz default now() not null,
  f timestamptz default current_timestamp, g uuid default gen_random_uuid() primary key, h jsonb default '{}'::jsonb not null,
  i text[] default '{}', j boolean default false, k numeric default 1.50, l date default current_date,
  m interval default '1 day', n text default null::text, o text default null::varchar, p int default (1 + 2) * 3 check (p > 0),
  q uuid default auth.uid(), r text default concat('a', 'b') collate "C", s text collate "C" default 'x' not null,
  t text default E'a\nb', u text default U&'\0441', v text default $$dollar$$, w text default 'привет, мир' not null unique,
  x timestamptz default (now() at time zone 'utc'), y text default upper('x'), z int default length('abc')
);

-- case: the same clause twice, and clauses that contradict each other
-- refused: 42601
create table c1 (a int default 1 default 2);
-- refused: 42601
create table c2 (a int null not null);
-- refused: 42601
create table c3 (a serial default 3);
-- refused: 42701
create table c4 (a int, a int);
-- refused: 42701
create table c5 (xmin int);
-- refused: 42P16
create table c6 (a int primary key, b int primary key);
-- refused: 42P16
create table c7 (a int, primary key (a), primary key (a));
-- refused: 42601
create table c8 (a int generated always as identity default 3);
-- refused: 22023
create table c9 (a text generated always as identity);
-- refused: 0A000
create table c10 (a serial[]);
create table c11 (a int primary key null);
-- refused: 42701
create table c12 (a int, unique (a, a));
-- refused: 42703
create table c13 (a int, unique (zz));
-- refused: 42703
create table c14 (a int, check (zz > 1));
-- refused: 42704
create table c15 (a nix);
-- refused: 42710
create table c16 (a int, constraint c check (a > 1), constraint c check (a > 2));
-- refused: 42710
create table c17 (a int, constraint c check (a > 1), constraint c unique (a));
-- refused: 42P07
create table c18 (a int, constraint c unique (a), b int, constraint c unique (b));
-- refused: 0A000
create table c19 (a int default b, b int);
-- refused: 0A000
create table c20 (a int default (select 1));
-- refused: 0A000
create table c21 (a int check ((select 1) > 0));
-- refused: 42601
create table c22 (a int generated always as identity null);

-- case: names that are taken
create table t (a int);
-- refused: 42P07
create table t (b int);
create table if not exists t (b int);
create view v as select 1 as a;
-- refused: 42P07
create table v (a int);
create table if not exists v (a int);
create sequence s;
-- refused: 42P07
create table s (a int);
create type e as enum ('a');
-- refused: 42710
create table e (a int);
-- refused: 42P07
create table w (a int, constraint t unique (a));
-- refused: 3F000
create table nix.t (a int);
create table i (a int constraint i_key unique);
-- refused: 42P07
create table i_key (a int);

-- case: one key for what is said three times
create table k (a int unique, unique (a), constraint foo unique (a));
create table k2 (a int primary key, unique (a), b int unique, unique (b) include (a));
create table k3 (a int unique not null, constraint named primary key (a));
create table k4 (a int, b int, unique nulls not distinct (a), unique (a), unique (a) deferrable, unique (b, a));

-- case: keys with all their clauses
create table k (a int, b int, c int, constraint k1 unique nulls not distinct (a, b) include (c) with (fillfactor = 70) deferrable initially deferred);
-- refused: 42P16
create table k5 (a int primary key deferrable initially immediate, b int unique initially deferred, c int, primary key (a));
create table k6 (a int primary key deferrable initially immediate, b int unique initially deferred, c int);

-- case: names too long
create table "Ünïcode_table_with_a_very_long_name_that_goes_on_and_on_and_on" (
  "Колонка_с_очень_длинным_именем_на_русском" int unique,
  check ("Колонка_с_очень_длинным_именем_на_русском" > 0)
);
create table a_rather_long_table_name_for_the_purpose_of_this_test_x (a_rather_long_column_name_for_the_same_purpose serial primary key, b int, unique (a_rather_long_column_name_for_the_same_purpose, b));
create index on a_rather_long_table_name_for_the_purpose_of_this_test_x (a_rather_long_column_name_for_the_same_purpose, b);
create table a_rather_long_table_name_for_the_purpose_of_this_test_x_and_even_longer_than_that (id int);

-- case: names of constraints are one for a schema
create table a_b (c int check (c > 0));
create table a (b_c int check (b_c > 0), b_c_check int);
create schema other;
create table other.a (b_c int check (b_c > 0), unique (b_c));
create table fk_a (b int, constraint z_x_fkey check (b > 0));
create table z (x int primary key, y int unique, constraint z_pk check (x > 1));
create table z_x (key int, foreign key (key) references z);
create table u_k (a int, constraint u_k_a_key check (a > 1), constraint q unique (a));
alter table u_k add unique (a);

-- case: foreign keys
create table p (a int primary key, b int unique, c text, d int, e int, unique (d, e), f uuid unique deferrable);
create unique index on p (c);
create table f1 (a int references p, b int references p (b) on delete set null on update cascade, c text references p (c));
create table f2 (x int, y int, foreign key (x, y) references p (d, e) match full on delete cascade deferrable initially deferred);
create table f3 (x int, y int, foreign key (x, y) references p (e, d) on delete set null (x));
create table f4 (x int constraint named references p on delete restrict on update set default, constraint again foreign key (x) references p (b));
-- refused: 42P01
create table f5 (a int references nix);
-- refused: 42703
create table f6 (a int, foreign key (b) references p);
-- refused: 42703
create table f7 (a int references p (zz));
-- refused: 42830
create table f8 (a int references p (d));
-- refused: 42830
create table f9 (a int, foreign key (a, a) references p (a));
-- refused: 42804
create table f10 (a uuid references p);
-- refused: 55000
create table f11 (a uuid references p (f));
create view v as select * from p;
-- refused: 42809
create table f12 (a int references v);
create table f13 (a int primary key, parent int references f13, other int references f13 (a));
-- refused: 42704
create table f14 (a int references f1);
-- refused: 42804
create table f15 (a bigint references p, b text references p (a), c varchar references p (c));
create table f16 (a bigint references p, c varchar references p (c));

-- case: identity and generated columns
create table g (id bigint generated always as identity primary key, n int generated by default as identity (start 5 increment by 2), a int, b int generated always as (a * 2) stored, c text generated always as (lower('X' || a)) stored);
create table g2 (id int generated always as identity (sequence name g2_ids start 10), a text, b text generated always as (upper(a)) stored not null check (b <> ''));
-- refused: 42P17
create table g3 (a int, b int generated always as (a) stored, c int generated always as (b) stored);
-- refused: 42P17
create table g4 (a text, b tsvector generated always as (to_tsvector(a)) stored);
create table g5 (a text, b tsvector generated always as (to_tsvector('english', a)) stored);
-- refused: 42P17
create table g6 (a text, b text generated always as (concat(a, 'x')) stored);
-- refused: 42703
create table g7 (a int, b int generated always as (zz + 1) stored);
-- refused: 42P17
create table g8 (a timestamptz, b date generated always as (a::date) stored);
create table g9 (first text, last text, full_name text generated always as (first || ' ' || last) stored, dead boolean generated always as (last is null) stored);

-- case: CHECK constraints in every place
create table ck (a int check (a > 0) no inherit, b text constraint named check (b in ('x', 'y')) not null, c int, check (a < c and b <> ''), constraint later check (c between 1 and 10) not valid, check (true), check (length(b) > 2 or a is null));

-- case: exclusion constraints
create table ex (a int4range, b point, c int, d int, exclude using gist (a with &&), constraint ex_named exclude using gist (b with ~=) where (c > 1) deferrable, exclude using btree (c with =, d with =), exclude using gist (int4range(c, d) with &&));
-- refused: 0A000
create table ex2 (a jsonb, exclude using gin (a with @>));
-- refused: 42704
create table ex3 (a int, exclude using gist (a with =));
create table ex4 (a int, b int, c int, exclude using gist (int4range(a, b) with &&));
-- refused: 2BP01
alter table ex4 drop column b;
alter table ex4 drop column c;

-- case: the name that a key is given may be that of a type
create type pet_pkey as enum ('cat');
create type pet_name_key as enum ('cat');
create table pet (id int primary key, name text unique);

-- case: options, unlogged, temporary
create unlogged table o1 (a int) with (fillfactor = 70, autovacuum_enabled = false, toast.autovacuum_enabled = off);
create temp table o2 (a int primary key, b serial);
-- refused: 22023
create table o3 (a int) with (nonsense = 1);
create table o4 (a int) with (oids = false);
create table o5 (a int) with (autovacuum_vacuum_scale_factor = 0.05, autovacuum_enabled);
create table pg_temp.o6 (a int);
insert into o2 values (1);
drop table o2;

-- case: collations
create table co (a text collate "C", b varchar(5) collate "POSIX", c text collate "default", d text collate pg_catalog."C", e text collate "C" primary key);
-- refused: 42804
create table co2 (a int collate "C");

-- case: quoted and folded names
create table "Quoted Table" ("Id" serial primary key, "select" int, UPPER int, "a.b" text unique, "q""q" int check ("q""q" > 0), references_ int);
create index on "Quoted Table" ("Id", "select");
create table "user" (id uuid primary key references auth.users on delete cascade, "order" int default 0);

-- case: search_path decides the schema
create schema app;
set search_path = app, public;
create table here (a int, b serial);
-- refused: 42704
create table public.there (a int references here);
create table here2 (a int primary key);
create table f (a int references here2);
set search_path = '';
-- refused: 3F000
create table nowhere (a int);
reset search_path;
create table back (a int);

-- case: what DEFAULT NULL stores
create domain dom as text;
create domain dom2 as int check (value > 0);
create type en as enum ('a');
create table nn (
  a varchar(10) default null, b char default null, c numeric(10, 2) default null, d timestamptz(3) default null, e bit(3) default null,
  f varchar(3)[] default null, g interval day default null, h dom default null, i dom2 default null, j en default null,
  k varchar(10) default null::varchar, l varchar(10) default null::varchar(10), m varchar default null::varchar(10),
  n text default null::text, o bpchar default null, p numeric default null, q dom default null::text, r time(2) default null,
  s int[] default null, t bit default null, u interval(3) default null, v "char" default null, w bit varying default null,
  x char(3)[] default null, y interval default null
);
alter table nn alter y set default null, alter a set default null, alter n set default null, alter b drop default;

-- case: defaults that are not of the column's type
create type en as enum('a','b');
create domain dm as int;
-- refused: 42804
create table z1(a boolean default 0);
-- refused: 42804
create table z2(a uuid default 1);
-- refused: 42804
create table z3(a int default true);
-- refused: 42804
create table z4(a jsonb default 1);
-- refused: 42804
create table z5(a timestamptz default 5);
-- refused: 22P02
create table z6(a int default 'a');
-- refused: 22P02
create table z7(a uuid default 'x');
-- refused: 22P02
create table z8(a en default 'c');
-- refused: 22P02
create table z9(a boolean default 'maybe');
create table z10(a date default now());
create table z12(a text default 1);
create table z13(a varchar(3) default 5);
create table z14(a int default 1.5);
-- refused: 42804
create table z15(a uuid default gen_random_uuid()::text);
create table z16(a numeric default 1);
-- refused: 22P02
create table z17(a text[] default 'a');
create table z18(a text default true);
create table z19(a int default 1::bigint);
-- refused: 22P02
create table z20(a dm default 'x');
create table z21(a timestamptz default current_date);
create table z22(a time default now());
create table z23 (a jsonb default '{}'::json);
-- refused: 42804
create table z24(a en default 'a'::text);
-- refused: 42804
create table z25 (a interval default 5);
create table z26 (a text default array['a']);
create table z27 (a smallint default 100000);
-- refused: 22003
create table z29(a int default '99999999999');
create table z30(a boolean default 'on');
create table z31(a boolean default '1');
create table z32(a int default ' 12 ');
-- refused: 22P02
create table z33(a int default '');
-- refused: 22P02
create table z34(a double precision default 'x');
create table z35(a bytea default 'abc');
-- refused: 42804
create table z36(a bytea default 5);
create table z40(a name default 1);
create table z41(a oid default 1);
-- refused: 42804
create table z42(a int[] default 1);
-- refused: 42804
create table z43(a int default '1'::text);
-- refused: 42804
create table z45(a timestamp default '2020'::text);

-- case: attributes of constraints
create table t (a int primary key not deferrable, b int unique deferrable initially immediate);
-- refused: 55000
create table u (a int references t (b) not deferrable initially immediate);
create table u (a int references t not deferrable initially immediate, b int references t initially deferred);

-- case: constraints that are not enforced
-- from: 18
create table t (a int check (a > 0) not enforced, b int check (b > 0) enforced);

-- case: defaults that spell no time and no JSON
-- refused: 22007
create table t (a timestamptz default 'soon');
-- refused: 22007
create table t (a date default '');
-- refused: 22P02
create table t (a jsonb default '');
-- refused: 22P02
create table t (a json default 'empty');
create table t (a timestamptz default 'epoch', b date default 'infinity', c jsonb default 'null', d json default ' [1] ', e timestamp default 'Jan 1 2020');
