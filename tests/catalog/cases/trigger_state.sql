-- case: which triggers fire
create table t (a int);
create function f() returns trigger language plpgsql as 'begin return new; end';
create trigger g before insert on t for each row execute function f();
alter table t disable trigger g;
alter table t enable trigger g;
alter table t disable trigger user;
alter table t enable trigger user;
alter table t disable trigger all;
alter table t enable replica trigger g;
