-- case: made, renamed, dropped
create aggregate s(int) (sfunc = int4pl, stype = int, initcond = '0');
create aggregate s2(text) (sfunc = textcat, stype = text);
create function app(text, text) returns text language sql as 'select $1';
create aggregate s3(text) (sfunc = app, stype = text, parallel = safe);
create aggregate cnt(*) (sfunc = int8inc, stype = bigint, initcond = '0');
create aggregate old (basetype = int, sfunc = int4pl, stype = int);
-- refused: 42723
create aggregate s(int) (sfunc = int4pl, stype = int);
create or replace aggregate s(int) (sfunc = int4pl, stype = int, initcond = '1');
-- refused: 42P13
create aggregate bad(int) (stype = int);
-- refused: 42P13
create aggregate bad(int) (sfunc = int4pl);
create view v as select s(x) as total from generate_series(1, 3) x;
-- refused: 2BP01
drop function app(text, text);
-- refused: 2BP01
drop aggregate s(int);
alter aggregate s3(text) rename to s4;
-- refused: 42883
drop aggregate nope(int);
drop aggregate if exists nope(int);
-- refused: 42809
drop function s4(text);
-- refused: 2BP01
drop function app(text, text);
