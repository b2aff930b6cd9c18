-- case: operators, and what they need
create function f(int, int) returns bool language sql as 'select $1 = $2';
create function g(text) returns bool language sql as 'select true';
create operator === (leftarg = int, rightarg = int, function = f);
create operator !! (rightarg = text, procedure = g);
-- refused: 42723
create operator === (leftarg = int, rightarg = int, function = f);
-- refused: 42P13
create operator === (leftarg = int, rightarg = text);
-- refused: 42P13
create operator === (leftarg = int, function = g);
-- refused: 2BP01
drop function f(int, int);
comment on operator === (int, int) is 'known to exist only';
alter operator === (int, int) owner to postgres;
alter operator === (int, int) set (restrict = none);
alter operator === (int, int) set schema extensions;
-- refused: 42883
drop operator public.=== (int, int);
drop operator if exists public.=== (int, int);
drop operator extensions.=== (int, int);
drop operator !! (none, text);
drop function f, g;

-- case: with the type or the function that they need
create type mood as enum ('good', 'bad');
create function same(mood, mood) returns bool language sql as 'select true';
create operator public.== (leftarg = mood, rightarg = mood, function = same);
alter type mood rename to feeling;
-- refused: 42883
drop operator public.== (int, int);
drop function same cascade;
-- refused: 42883
drop operator public.== (feeling, feeling);
drop type feeling;

-- case: operator classes and families are a superuser's
-- refused: 42501
create operator class c for type int using btree as operator 1 <;
-- refused: 42501
create operator family f using btree;
drop operator class if exists c using btree;
drop operator family if exists f using btree;
