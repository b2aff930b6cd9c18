-- case: collations, and the columns that need them
create schema other;
create collation c (locale = 'C');
-- refused: 42710
create collation c from "C";
create collation if not exists c (locale = 'POSIX');
create collation other.c (locale = 'C');
create table t (a text collate c, b text collate other.c, d text);
-- refused: 2BP01
drop collation c;
alter collation c rename to e;
alter collation e owner to postgres;
comment on collation e is 'known to exist only';
alter table t alter d type varchar(5) collate e;
alter table t alter a type text collate "C";
alter collation other.c set schema public;
-- refused: 2BP01
drop schema other, public;
drop collation if exists other.c;
drop schema other;
drop collation e cascade;
drop collation public.c cascade;
