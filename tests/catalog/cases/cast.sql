-- case: casts, and what they need
create type pair as (a int, b int);
create function whole(pair) returns int language sql as 'select 1';
create cast (pair as int) with function whole(pair);
-- refused: 42710
create cast (pair as int) with inout;
-- refused: 2BP01
drop type pair;
-- refused: 2BP01
drop function whole;
comment on cast (pair as int) is 'known to exist only';
alter type pair rename to two;
drop cast (two as int);
-- refused: 42704
drop cast (two as int);
drop cast if exists (two as int);
create cast (two as int) with function whole(two) as assignment;
drop function whole cascade;
-- refused: 42704
drop cast (two as int);
drop type two;
