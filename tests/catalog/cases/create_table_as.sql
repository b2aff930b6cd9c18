-- case: columns from a query
create table t7 as select 1 as a, 'x' as b, now() as c;
create table if not exists t7 as select 1;
-- refused: 42P07
create table t7 as select 1;
create table t9 (a, b) as select 1, 2::bigint;
-- refused: 42601
create table t10 (a, b) as select 1;
-- refused: 42701
create table t11 as select a.a, b.a from t7 a, t7 b;
create table t12 as select * from t7 with no data;
create unlogged table t13 with (fillfactor = 50) as values (1, 'a');
create table t14 as select count(*) as n, max(a) as m, a::text || b as t from t7 group by a, b;
select 1 as z, 'q'::varchar(3) as y into t8;
