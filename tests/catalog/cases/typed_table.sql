-- case: tables of a type
create type pair as (a int, b text);
create table t (a int, b text);
-- refused: 42809
alter table t not of;
alter table t of pair;
alter table t not of;
create table u of pair (primary key (a), b with options not null default 'x');
-- refused: 42703
create table w of pair (c with options not null);
-- refused: 2BP01
drop type pair;
alter table t of pair;
-- refused: 2BP01
alter type pair rename attribute b to c;
drop type pair cascade;

-- case: tables of a type that changes
-- known: 70 %
create type pair as (a int, b text);
create table t of pair;
-- refused: 2BP01
alter type pair add attribute c int;
alter type pair add attribute c int cascade;
