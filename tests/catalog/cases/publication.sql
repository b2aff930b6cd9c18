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
