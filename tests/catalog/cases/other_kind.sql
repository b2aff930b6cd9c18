-- case: conversions
create conversion c for 'utf8' to 'latin1' from utf8_to_iso8859_1;
-- refused: 42710
create conversion c for 'utf8' to 'latin1' from utf8_to_iso8859_1;
alter conversion c rename to d;
alter conversion d owner to postgres;
alter conversion d set schema extensions;
comment on conversion extensions.d is 'known to exist only';
-- refused: 42704
drop conversion public.d;
drop conversion extensions.d;

-- case: what only a superuser makes
-- refused: 42501
create language l handler plpgsql_call_handler;
-- refused: 42501
create access method am type index handler bthandler;
drop language if exists l;
drop access method if exists am;

-- case: an index, a view, a function and a trigger that go with an extension
create extension hstore;
create table t (a int);
create index i on t (a);
create materialized view m as select a from t;
create function f() returns trigger language plpgsql as 'begin return new; end';
create procedure p() language sql as '';
create trigger g before insert on t for each row execute function f();
alter index i depends on extension hstore;
alter materialized view m depends on extension hstore;
alter procedure p depends on extension hstore;
alter routine p no depends on extension hstore;
alter trigger g on t depends on extension hstore;
-- refused: 42704
alter index i depends on extension nix;
drop extension hstore;
create extension hstore;
alter function f depends on extension hstore;
alter extension hstore update;
-- refused: 42704
alter extension nix update;
drop extension hstore;

-- case: what changes rows and sessions alone
create table t (a int primary key, b text);
insert into t values (1, 'a');
update t set b = 'b';
merge into t using (values (1)) as v (a) on t.a = v.a when matched then delete;
delete from t;
lock table t;
set constraints all deferred;
declare c cursor for select 1;
fetch 1 from c;
close c;
prepare q as select 1;
execute q;
deallocate q;
listen x;
notify x;
unlisten x;
show search_path;
analyze t;
reindex table t;
cluster t using t_pkey;
alter table t set without cluster;
explain create table e as select 1 as a;
explain (analyze) create table e as select 1 as a;
explain (analyze false) create table e2 as select 1 as a;

-- case: rows that do not fit
create table t (a int, b text, c int generated always as (1) stored);
create table u (a int);
insert into u values (1), (2);
-- refused: 42601
insert into u values (1, 2);
-- refused: 42601
insert into t (a, b) select a from u;
-- refused: 42601
insert into u select * from t;
insert into t select a from u;
insert into t (a, b) select a, 'x' from u;
create sequence s;
select setval('s', 3), nextval('public.s');
-- refused: 42P01
select setval('not_there_seq', 3);
-- refused: 42501
update pg_proc set proname = 'x';
