-- case: how the rows are kept
create table t (a int primary key, b text);
alter table t alter b set storage external, alter b set statistics 5, alter b set (n_distinct = 5);
alter table t alter b set compression pglz;
alter table t alter b reset (n_distinct);
alter table t cluster on t_pkey, set tablespace pg_default;
alter table t set access method heap;
