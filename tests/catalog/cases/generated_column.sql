-- case: another expression
-- from: 17
create table t (a int, b int, g int generated always as (a + 1) stored);
alter table t alter g set expression as (b * 2);
alter table t drop column a;
-- refused: 2BP01
alter table t drop column b;
-- refused: 42703
alter table t alter g set expression as (nix);

-- case: no generated column
-- from: 17
create table t (a int);
-- refused: 55000
alter table t alter a set expression as (1);
