-- case: publication
create table a (id int primary key, b int, c text);
create table b (id int primary key);
create publication pub for table a, b;
create publication narrow for table a (id, c) where (id > 10) with (publish = 'insert, update');
alter publication pub drop table b;
alter publication pub add table b;
alter publication pub set table b;
alter publication narrow set (publish = 'delete');
alter publication supabase_realtime add table public.a;
-- refused: 42710
alter publication supabase_realtime add table a;
-- refused: 42710
create publication pub;
-- refused: 42704
alter publication nobody add table a;
-- refused: 42704
alter publication supabase_realtime drop table b;

-- case: members go
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
