-- case: options
create sequence s0;
create sequence s1 increment -1;
create sequence s2 as smallint minvalue 5;
-- refused: 22023
create sequence s3 as int maxvalue 99999999999;
-- refused: 22023
create sequence s4 start 0;
-- refused: 22023
create sequence s5 increment 0;
-- refused: 22023
create sequence s6 cache 0;
-- refused: 22023
create sequence s7 minvalue 3 maxvalue 3;
-- refused: 22023
create sequence s8 as text;
-- refused: 42601
create sequence s9 start 1 start 2;
create sequence s10 as bigint increment by -5 minvalue -9000000000 maxvalue 9000000000 start 7 cache 20 cycle;
create sequence if not exists s0 start 5;
-- refused: 42P07
create sequence s0;
create temp sequence s11;
create unlogged sequence s12 no minvalue no maxvalue no cycle owned by none;

-- case: ALTER SEQUENCE
create sequence s0;
create sequence s1 increment -1;
create sequence s2 as smallint minvalue 5;
alter sequence s0 as smallint;
alter sequence s1 as int;
alter sequence s2 no minvalue increment -1;
alter sequence s0 increment -2;
-- refused: 22023
alter sequence s2 no maxvalue;
-- refused: 22023
alter sequence s0 no maxvalue no minvalue;
alter sequence s0 start 3 cycle;
-- refused: 22023
alter sequence s0 restart with 1000000;
alter sequence s0 restart with 5;
-- refused: 42601
alter sequence s0 owned by foo;
-- refused: 42P01
alter sequence nix start 3;
alter sequence if exists nix2 start 3;

-- case: owners
create role boss;
grant boss to postgres;
grant create on schema public to boss;
create table t (a int generated always as identity, b text, c int);
create sequence s;
create sequence r;
alter sequence s owned by t.c;
alter sequence s owned by none;
alter sequence s owned by public.t.b;
-- refused: 42703
alter sequence s owned by t.zz;
-- refused: 0A000
alter sequence t_a_seq owned by t.b;
-- refused: 0A000
alter sequence t_a_seq owned by none;
-- refused: 2BP01
drop sequence t_a_seq;
-- refused: 0A000
alter sequence t_a_seq set schema public;
alter sequence t_a_seq rename to q;
alter sequence q as smallint;
alter sequence q start 5 increment 5;
-- refused: 0A000
alter sequence q owner to boss;
alter sequence r owner to boss;
-- refused: 55000
alter sequence r owned by t.c;
create schema zz;
create sequence zz.z;
-- refused: 55000
alter sequence zz.z owned by t.c;
-- refused: 42809
alter sequence t rename to tt;
alter table t drop column b;
-- refused: 42P01
drop sequence s;
drop table t;

-- case: serial sequences follow their table
create role boss;
grant boss to postgres;
grant create on schema public to boss;
create table t (id serial, n bigserial not null primary key, s smallserial);
alter table t owner to boss;
alter table t alter id drop default;
drop sequence t_id_seq;
-- refused: 2BP01
drop sequence t_n_seq;
drop sequence t_n_seq cascade;
alter table t drop column s;
