-- case: truncate
create table t (a int);
truncate t;
-- refused: 42P01
truncate table t, nix;
-- refused: 42P01 again
truncate nix;
