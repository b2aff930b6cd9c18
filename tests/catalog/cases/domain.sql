-- case: made
create domain email as text collate "C" default 'x@y' not null constraint at check (value like '%@%') check (length(value) < 100);
-- refused: 42710
create domain email as int;
create domain d2 as varchar(10)[];
create domain d3 as email check (value <> '');
create domain d4 as int null default 1 + 1 check (value > 0) check (value < 10) constraint odd check (value % 2 = 1);
create domain d5 as numeric(5,2) default null;
-- refused: 42601
create domain d6 as int not null null;
-- refused: 42601
create domain d7 as int default 1 default 2;
-- refused: 42601
create domain d8 as int primary key;
-- refused: 42704
create domain d9 as nosuch;
-- refused: 42703
create domain d10 as int check (valu > 1);
-- refused: 42710
create domain d11 as int constraint c check (value > 1) constraint c check (value > 2);

-- case: constraints changed
create domain email as text check (value <> '');
alter domain email add constraint more check (value <> 'q') not valid;
alter domain email validate constraint more;
-- refused: 42710
alter domain email add constraint more check (value <> 'q');
alter domain email add check (length(value) < 10);
-- refused: 42704
alter domain email drop constraint nope;
alter domain email drop constraint if exists nope;
-- refused: 42704
alter domain email validate constraint nope;
-- refused: 42704
alter domain email rename constraint nope to x;
-- refused: 42710
alter domain email rename constraint more to email_check;
-- refused: 42601
alter domain email add constraint u unique (a);

-- case: default and NOT NULL changed
create domain email as text default 'a' not null;
alter domain email drop not null;
alter domain email set default 'z' || 'y';
alter domain email set not null;
alter domain email drop default;
-- refused: 42704
alter domain nope set not null;
create type mood as enum ('a');
-- refused: 42809
alter domain mood set not null;

alter domain email add constraint less check (value <> 'w');
alter domain email rename constraint less to fewer;
alter domain email drop constraint fewer;

-- case: renamed, moved, dropped
create domain email as text check (value like '%@%');
create domain strict_email as email;
create table t (e email, es email[]);
create function f(a email) returns email language sql as 'select a';
alter domain email rename to mail;
alter type mail set schema extensions;
-- refused: 2BP01
drop domain extensions.mail;
drop type strict_email;
drop domain extensions.mail cascade;
-- refused: 42704
drop domain nope;
drop domain if exists nope;
create type mood as enum ('a');
-- refused: 42809
drop domain mood;
-- refused: 42809
alter domain mood rename to x;

-- case: with functions and enums
create type mood as enum ('sad', 'ok');
create function fine(t text) returns boolean immutable language sql as 'select true';
create domain d as text check (fine(value));
create domain m as mood default 'ok' check (value <> 'sad');
-- refused: 2BP01
drop function fine(text);
drop function fine(text) cascade;
-- refused: 2BP01
drop type mood;
alter type mood rename to feeling;
