-- case: foreign tables
-- as: supabase_admin
create schema app;
create extension postgres_fdw with schema extensions;
create server far foreign data wrapper postgres_fdw options (host 'localhost');
create foreign table ft (a int options (column_name 'x') not null, b text default 'x' check (b <> ''), c serial) server far options (table_name 't');
-- refused: 42P07
create foreign table ft (a int) server far;
create foreign table if not exists ft (a int) server far;
-- refused: 0A000
create foreign table fk (a int primary key) server far;
alter foreign table ft add column d int, alter a drop not null, alter b set default 'y';
alter foreign table ft rename to ft2;
alter foreign table ft2 rename column a to aa;
-- refused: 42809
create index on ft2 (aa);
-- refused: 42809
drop table ft2;
alter foreign table ft2 set schema app;
drop foreign table app.ft2;

-- case: truncate
create table t (a int);
truncate t;
-- refused: 42P01
truncate table t, nix;
-- refused: 42P01 again
truncate nix;
