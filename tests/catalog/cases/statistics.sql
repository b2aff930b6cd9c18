-- case: extended statistics
create schema other;
create table t (a int, b int, c int);
create statistics s1 on a, b from t;
-- refused: 42710
create statistics s1 on a, c from t;
create statistics if not exists s1 on a, c from t;
create statistics other.s2 (dependencies) on b, c from t;
-- refused: 42703
create statistics s3 on a, nix from t;
comment on statistics s1 is 'known to exist only';
alter statistics s1 rename to s4;
alter statistics s4 set statistics 5;
-- refused: 42704
drop statistics s1;
drop statistics if exists s1;
alter statistics s4 set schema other;
alter statistics other.s4 owner to postgres;
-- refused: 2BP01
drop schema other;
alter table t drop column b;
-- refused: 42704
drop statistics other.s4;
-- refused: 42704
drop statistics other.s2;
drop schema other;
