-- case: forms
create table t (a int, b text);
create function tf() returns trigger language plpgsql as $$ begin return new; end $$;
create trigger t1 before insert or update of b, a on t for each row when (new.a > 1) execute function tf('x', 2);
create trigger t2 after delete on t execute procedure public.tf();
create trigger t3 after update on t referencing old table as o new table as n for each statement execute function tf();
create constraint trigger t4 after insert on t deferrable initially deferred for each row execute function tf();
create trigger t5 after truncate on t execute function tf();
create trigger t6 before insert or delete or update on t for each row execute function tf('it''s', '', 'ü');
create trigger "T 7" after update on t for each row when (old.* is distinct from new.*) execute function tf();
create trigger t8 after update on t for each row when (old.b is distinct from new.b and (new.a = 1 or current_user <> 'x')) execute function tf();
create constraint trigger t9 after update on t from t not deferrable for each row when (true) execute function tf();

-- case: OR REPLACE
create table t (a int, b text);
create function tf() returns trigger language plpgsql as $$ begin return new; end $$;
create function tg() returns trigger language plpgsql as $$ begin return new; end $$;
create trigger t1 after delete on t execute function tf();
-- refused: 42710
create trigger t1 after delete on t execute function tf();
alter table t disable trigger t1;
create or replace trigger t1 after delete or update on t for each row execute function tg();
create constraint trigger c after insert on t for each row execute function tf();
-- refused: 42710
create or replace trigger c after insert on t for each row execute function tf();

-- case: what the server refuses
create table t (a int, b text);
create view v as select a from t;
create sequence s;
create function tf() returns trigger language plpgsql as $$ begin return new; end $$;
create function nt() returns int language sql as 'select 1';
-- refused: 42P17
create trigger t1 before insert on t for each row execute function nt();
-- refused: 42883
create trigger t2 before insert on t for each row execute function nofn();
-- refused: 42703
create trigger t3 before update of zzz on t for each row execute function tf();
-- refused: 42P17
create trigger t4 before insert on t for each row when (old.a = 1) execute function tf();
-- refused: 42703
create trigger t5 before insert on t for each row when (new.zzz = 1) execute function tf();
-- refused: 42809
create trigger t6 instead of insert on t for each row execute function tf();
-- refused: 0A000
create trigger t7 before truncate on t for each row execute function tf();
-- refused: 42P17
create trigger t8 before insert on t when (new.a = 1) execute function tf();
-- refused: 42P17
create trigger t9 before delete on t for each row when (new.a = 1) execute function tf();
-- refused: 42809
create trigger t10 before insert on v for each row execute function tf();
-- refused: 42809
create trigger t11 after truncate on v execute function tf();
-- refused: 0A000
create trigger t12 instead of insert on v execute function tf();
-- refused: 0A000
create trigger t13 instead of update on v for each row when (new.a = 1) execute function tf();
-- refused: 42701
create trigger t14 before update of a, a on t for each row execute function tf();
-- refused: 42809
create trigger t15 before insert on s for each row execute function tf();
-- refused: 42P01
create trigger t16 before insert on notable for each row execute function tf();

-- case: on views
create view v as select 1 as x;
create function tf() returns trigger language plpgsql as $$ begin return new; end $$;
create trigger i instead of insert or update on v for each row execute function tf();
create trigger s before insert on v for each statement execute function tf();
alter view v rename to w;
drop view w;

-- case: renamed, enabled, dropped
create table t (a int, b text);
create function tf() returns trigger language plpgsql as $$ begin return new; end $$;
create trigger t1 before update of b on t for each row when (new.b <> 'b') execute function tf();
create trigger t2 after delete on t execute function tf();
alter trigger t1 on t rename to t9;
-- refused: 42704
alter trigger nope on t rename to t10;
-- refused: 42710
alter trigger t9 on t rename to t2;
alter table t rename column b to bee;
alter table t disable trigger t9;
alter table t enable always trigger t2;
-- refused: 42704
alter table t disable trigger nope;
alter table t rename to tt;
alter function tf() rename to touch;
-- refused: 2BP01
alter table tt drop column bee;
-- refused: 2BP01
drop function touch();
drop trigger t2 on tt;
-- refused: 42704
drop trigger t2 on tt;
drop trigger if exists t2 on tt;
drop trigger if exists t2 on nope;
-- refused: 42P01
drop trigger t2 on nope;
drop trigger if exists t9 on tt cascade;
drop function touch();

-- case: gone with what they need
create table t (a int, b text);
create table u (a int);
create function tf() returns trigger language plpgsql as $$ begin return new; end $$;
create trigger t1 before update of b on t for each row execute function tf();
create trigger t2 before update on t for each row execute function tf();
create trigger t3 before update on u for each row execute function tf();
alter table t drop column b cascade;
drop table u;
drop function tf() cascade;

-- case: partitions
create table p (a int, b int) partition by list (a);
create table p1 partition of p for values in (1);
create function tf() returns trigger language plpgsql as $$ begin return new; end $$;
create trigger tr after insert on p for each row execute function tf();
create trigger st after insert on p for each statement execute function tf();
create table p2 partition of p for values in (2);
-- refused: 2BP01
drop trigger tr on p1;
alter trigger tr on p rename to tr2;
drop trigger tr2 on p;
