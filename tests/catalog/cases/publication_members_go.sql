create table a (id int primary key);
create table b (id int primary key);
create view v as select 1 as one;
create publication pub for table a, b;
drop table a;
alter table b rename to c;
-- refused: 22023
alter publication pub add table v;
alter publication pub rename to pub2;
drop publication pub2;
drop publication if exists pub2;
-- refused: 42704
drop publication pub2;
