-- case: made
create table t (a int, b text);
create materialized view m as select a, upper(b) as u from t with no data;
create materialized view if not exists m as select 1 as one;
-- refused: 42P07
create materialized view m as select 1 as one;
create materialized view m2 (x) with (fillfactor=70) as select a from t with data;
-- refused: 42601
create materialized view m3 (x, y) as select a from t;
-- refused: 42P07
create materialized view t as select 1 as one;

-- case: changed and dropped
create table t (a int, b text);
create materialized view m as select a, b from t;
create unique index on m (a);
create view over_it as select a from m;
alter materialized view m rename to m2;
alter materialized view m2 rename column a to aa;
alter materialized view m2 set (fillfactor = 80);
alter materialized view m2 reset (fillfactor);
alter materialized view m2 set schema extensions;
-- refused: 42809
alter view extensions.m2 set (security_invoker = true);
refresh materialized view extensions.m2;
-- refused: 42809
drop view extensions.m2;
-- refused: 2BP01
drop materialized view extensions.m2;
drop materialized view extensions.m2 cascade;
drop materialized view if exists nope;
-- refused: 42P01
drop materialized view nope;
-- refused: 42809
create or replace view t as select 1 as one;
