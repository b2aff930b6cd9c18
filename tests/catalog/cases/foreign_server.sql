-- case: servers, user mappings and foreign tables
create foreign data wrapper w;
-- refused: 42710
create foreign data wrapper w;
create server s foreign data wrapper w;
-- refused: 42710
create server s foreign data wrapper w;
create server if not exists s foreign data wrapper w;
-- refused: 42501
alter foreign data wrapper w options (add a '1');
alter server s options (add host 'localhost');
alter server s version '2';
create user mapping for postgres server s;
-- refused: 42710
create user mapping for postgres server s;
create user mapping if not exists for postgres server s;
alter user mapping for postgres server s options (add name 'x');
create foreign table ft (a int not null, b text options (c 'x')) server s options (d 'y');
alter foreign table ft add column e int, drop column b;
alter foreign table ft alter a options (add f 'z');
alter foreign table ft options (set d 'z');
comment on foreign table ft is 'rows of elsewhere';
comment on server s is 'known to exist only';
comment on foreign data wrapper w is 'known to exist only';
alter foreign table ft rename column e to g;
alter foreign table ft rename to ft2;
-- refused: 2BP01
drop server s;
-- refused: 2BP01
drop foreign data wrapper w;
alter server s rename to s2;
alter foreign data wrapper w rename to w2;
alter server s2 owner to postgres;
grant usage on foreign server s2 to authenticated;
grant usage on foreign data wrapper w2 to authenticated;
drop user mapping for postgres server s2;
-- refused: 42704
drop user mapping for postgres server s2;
drop user mapping if exists for postgres server s2;
create schema other;
alter foreign table ft2 set schema other;
drop foreign table other.ft2;
create foreign table ft (a int) server s2;
drop server s2 cascade;
-- refused: 42704
drop server s2;
drop server if exists s2;
drop foreign data wrapper w2;
-- refused: 42704
create server s3 foreign data wrapper w2;

-- case: a server that nothing made
-- refused: 42704
create foreign table ft (a int) server elsewhere;
-- refused: 42704 again
create foreign table ft2 (a int) server elsewhere;
