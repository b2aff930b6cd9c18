-- case: what a rule holds, and what it goes with
create table t (a int, b int, c int);
create table log (a int);
create rule r as on insert to t do also insert into log values (new.a);
-- refused: 42710
create rule r as on insert to t do also insert into log values (new.a);
create or replace rule r as on insert to t do also insert into log values (new.a);
-- refused: 2BP01
alter table t drop column a;
-- refused: 0A000
alter table t alter a type bigint;
alter table t drop column b;
-- refused: 2BP01
drop table log;
alter rule r on t rename to q;
create rule other as on update to t where old.c <> new.c do nothing;
-- refused: 42710
alter rule other on t rename to q;
comment on rule q on t is 'known to exist only';
alter table t disable rule q;
alter table t enable rule q;
alter table t enable always rule q;
alter table t enable replica rule q;
-- refused: 42704
alter table t enable rule nix;
-- refused: 42704
drop rule r on t;
drop rule if exists r on t;
-- refused: 42P01
drop rule nix on nix;
drop rule if exists nix on other_nix;
alter table t rename to t2;
drop table log cascade;
-- refused: 42704
drop rule q on t2;
drop rule other on t2;
drop table t2;

-- case: of a view
create table base (a int, b text);
create view v as select a, b from base;
create rule v_insert as on insert to v do instead insert into base (a) values (new.a);
create rule v_delete as on delete to v do instead nothing;
alter view v rename to w;
drop rule v_delete on w;
drop view w;
drop table base;
