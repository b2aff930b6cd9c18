-- case: columns and constraints of a child
create table par (id int not null default 5, a text, b int, constraint pc check (b > 0), constraint pni check (id > 0) no inherit);
create index on par (a);
alter table par enable row level security;
create table ch (x int, a text default 'q', check (x > 1)) inherits (par);
create table ch2 (b int not null) inherits (par);
-- refused: 42804
create table ch3 (a int) inherits (par);
create table ch4 (y int, constraint pc check (b > 0)) inherits (par);
-- refused: 42710
create table ch5 (y int, constraint pc check (b > 1)) inherits (par);
create table two (z int) inherits (ch, ch2);

-- case: joining a parent and leaving it
create table par (id int not null default 5, a text, b int, constraint pc check (b > 0));
create table sa (id int, a text, b int, y int);
-- refused: 42804
alter table sa inherit par;
alter table sa alter id set not null;
-- refused: 42804
alter table sa inherit par;
alter table sa add constraint pc check (b > 0);
alter table sa inherit par;
-- refused: 42P07
alter table sa inherit par;
alter table sa no inherit par;
-- refused: 42P01
alter table sa no inherit par;
create table lacks (id int not null);
-- refused: 42804
alter table lacks inherit par;

-- case: changes that go on to the children
create table par (id int not null default 5, a text, b int, constraint pc check (b > 0));
create table ch (x int, a text default 'q') inherits (par);
create table ch2 (b int not null) inherits (par);
alter table par add column n int default 3 not null;
alter table ch add column m int;
alter table par add column m int;
-- refused: 42804
alter table par add column x text;
-- refused: 42P16
alter table only par add column o int;
alter table par drop column n;
alter table only par drop column m;
-- refused: 42P16
alter table ch drop column b;
-- refused: 42P16
alter table ch rename column b to bb;
alter table par rename column b to bb;
-- refused: 42P16
alter table only par rename column bb to b3;
alter table par alter a set default 'z';
alter table only par alter a set default 'y';
alter table par alter bb set not null;
alter table par add constraint late check (bb < 100);
-- refused: 42P16
alter table ch drop constraint late;
alter table par drop constraint pc;
alter table par alter a type varchar(20);
-- refused: 42P16
alter table ch alter a type text;
-- refused: 42P16
alter table only par alter a type text;
-- refused: 42710
alter table par add constraint late check (bb > 3);
-- refused: 42P16
alter table only par add constraint lone check (bb > 3);
alter table only par add constraint lone check (bb > 3) no inherit;
alter table par rename constraint late to later;
-- refused: 42P16
alter table ch rename constraint later to latest;
-- refused: 2BP01
drop table par;
drop table par cascade;
