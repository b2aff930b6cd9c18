-- case: keys and bounds
create table l (id int, k text not null, primary key (id, k)) partition by list (k);
create table l1 partition of l for values in ('a', 'b');
create table l2 partition of l default;
-- refused: 42P16
create table l3 partition of l for values from (1) to (2);
create table r (id bigint generated always as identity, at date not null, n numeric) partition by range (at, n);
create table r1 partition of r for values from ('2024-01-01', minvalue) to ('2025-01-01', maxvalue);
create table h (id uuid) partition by hash (id);
create table h0 partition of h for values with (modulus 2, remainder 0);
-- refused: 0A000
create table bad (id int, k int, primary key (id)) partition by list (k);
-- refused: 42703
create table bad (id int) partition by list (zz);
-- refused: 0A000
create table bad (id int, k int, unique (id)) partition by range (k);
create table ex (a text) partition by list (lower(a));
create table ex1 partition of ex for values in ('x');
create table n (a int, b boolean) partition by list (a);
create table n1 partition of n for values in (1, null, -5);
create table not_partitioned (a int);
-- refused: 42P17
create table bad2 partition of not_partitioned for values in (1);

-- case: what a partition gets
create table src (x int primary key);
create table pt (id int not null, k int not null default 3, v text check (v <> ''), g int references src, constraint pp primary key (id, k), unique (k, v)) partition by range (k);
create index on pt (v);
create index nm on pt (v desc) where id > 0;
create function f() returns trigger language plpgsql as 'begin return new; end';
create trigger tg after insert on pt for each row execute function f();
create table pt1 partition of pt for values from (1) to (10);
create table pt2 partition of pt (k default 7, constraint zz check (id > 1), unique (id, k, v)) default;
-- refused: 42703
create table pt3 partition of pt (zz default 1) for values from (10) to (20);
-- refused: 0A000
create table sub partition of pt for values from (20) to (30) partition by list (v);
-- refused: 42P01
create table sub1 partition of sub for values in ('q');

-- case: attach and detach
create table pt (id int not null, k int not null default 3, v text check (v <> ''), constraint pp primary key (id, k), unique (k, v)) partition by range (k);
create index on pt (v);
create table pt3 (id int not null, k int not null, v text, extra int);
-- refused: 42804
alter table pt attach partition pt3 for values from (20) to (30);
alter table pt3 drop column extra;
-- refused: 42804
alter table pt attach partition pt3 for values from (20) to (30);
alter table pt3 add constraint pt_v_check check (v <> '');
alter table pt attach partition pt3 for values from (20) to (30);
-- refused: 42809
alter table pt attach partition pt3 for values from (20) to (30);
create table p5 (v text, id int not null, k int not null, primary key (id, k), constraint pt_v_check check (v <> ''));
create index p5_own on p5 (v);
alter table pt attach partition p5 for values from (40) to (50);
alter table pt detach partition p5;
-- refused: 42P01
alter table pt detach partition p5;
-- refused: 2BP01
drop index pt3_v_idx;
drop table pt;

-- case: changes of a partitioned table
create table src (x int primary key);
create table pt (id int not null, k int not null default 3, v text check (v <> ''), constraint pp primary key (id, k), unique (k, v)) partition by range (k);
create table p1 partition of pt for values from (1) to (10);
create table p2 partition of pt default;
alter table pt add column nw int default 4 not null;
alter table pt add constraint nck check (nw > 1);
create index on pt (nw);
create index on only pt (v, id);
create index on p1 (v, id);
create index p2_own on p2 (v, id);
alter index pt_v_id_idx attach partition p1_v_id_idx;
alter index pt_v_id_idx attach partition p2_own;
-- refused: 42P16
alter table p1 drop column nw;
-- refused: 42P16
alter table p1 drop constraint nck;
-- refused: 2BP01
drop index p1_nw_idx;
alter table pt add foreign key (id) references src;
-- refused: 0A000
alter table pt add column nn int unique;
alter table pt add column nn int check (nn > 1);
-- refused: 42809
alter table p1 add column no int;
alter table pt alter v type varchar;
alter table pt alter v set not null;
-- refused: 42P16
alter table p1 alter v drop not null;
-- refused: 42P16
alter table only pt add column z int;
-- refused: 42P16
alter table pt drop column k;
-- refused: 42P16
alter table only pt drop constraint pt_v_check;
alter table pt drop constraint pt_k_v_key;
drop index pt_nw_idx;
alter table pt drop constraint pt_id_fkey;
-- refused: 0A000
create unique index on pt (id);
-- refused: 0A000
create index concurrently on pt (id);
alter table pt rename column v to vv;
drop table p1;
drop table pt;
