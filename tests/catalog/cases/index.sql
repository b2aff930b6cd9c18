-- case: names, order, expressions
create table x (a int, b text, c text collate "C", t timestamptz, j jsonb, js json, v varchar(10), u uuid, arr int[], p point);
create index on x (a, a, a);
create index on x (a nulls first, u desc nulls first, t asc nulls last) include (b) with (fillfactor = 70) where a > 1 and b is not null;
create index on x ((j ->> 'a'), (a + 1), lower(b) collate "C", coalesce(b, c), (b), (a::text));
create index on x (b text_pattern_ops desc nulls last, c collate "POSIX", v, v varchar_ops, v text_ops);
create index on x (lower(b));
create index on x (lower(b));
create index on x (substring(b from 1 for 3), greatest(a, 3), upper(c), (b || c), (case when a > 1 then b else c end));
create unique index nn on x (a) nulls not distinct;
-- refused: 42P07
create index nn on x (a);
create index if not exists nn on x (b);
create index x_explicit on public.x using btree (u);
create index on x (pg_catalog.lower(b), length(c), (a is null), (array[a]), (row(a, b) is null));

-- case: access methods
create table x (a int, b text, c inet, t timestamptz, j jsonb, js json, v varchar(10), u uuid, arr int[], p point, r int4range, ts tsvector, bx box, bo boolean);
create index on x using gin (j);
create index on x using gin (j jsonb_path_ops);
create index on x using gin (j jsonb_ops, arr);
create index on x using gin (ts) with (fastupdate = off);
create index on x using gist (p);
create index on x using gist (c inet_ops, r);
create index on x using hash (u);
create index on x using brin (t) with (pages_per_range = 32);
create index on x using brin (a int4_minmax_ops, t timestamptz_bloom_ops, u uuid_minmax_ops);
create index on x using spgist (b);
-- refused: 0A000
create index on x using spgist (p kd_point_ops, b);
create index on x using gin (to_tsvector('english', b));
-- refused: 42704
create index on x using gin (b);
-- refused: 42704
create index on x using gin (u);
-- refused: 42704
create index on x using gist (a);
-- refused: 42704
create index on x using gist (j);
-- refused: 42704
create index on x (js);
-- refused: 42704
create index on x (p);
-- refused: 0A000
create unique index on x using hash (a);
-- refused: 0A000
create index on x using gin (arr) include (a);
-- refused: 0A000
create index on x using brin (a desc);
-- refused: 0A000
create index on x using gin (arr nulls first);
-- refused: 42704
create index on x using nix (a);
-- refused: 0A000
create index on x using hash (a, u);
-- refused: 42704
create table y (a json primary key);
-- refused: 42704
create table y (a json unique);

-- case: what is not there, and what cannot have one
create table x (a int);
create view v as select 1 as a;
create materialized view m as select 1 as a, 'x'::text as b;
-- refused: 42703
create index on x (zz);
-- refused: 42703
create index on x (a) include (zz);
-- refused: 42703
create index on x (lower(zz));
-- refused: 42703
create index on x (a) where zz > 1;
-- refused: 42809
create index on v (a);
create unique index on m (a);
create index on m (lower(b)) where a > 1;
-- refused: 42703
create index on m (zz);
-- refused: 42P01
create index on nix (a);
-- refused: 42P01 again
create index on nix (b);

-- case: functions that are not immutable
create table x (a int, b text, t timestamptz, d date);
create function f(int) returns int language plpgsql as 'begin return 1; end';
create function g(int) returns int language sql as 'select 1';
create index on x (g(a));
-- refused: 42P17
create index on x (f(a));
-- refused: 42P17
create index on x (a) where t > now();
-- refused: 42P17
create index on x (date(t));
-- refused: 42P17
create index on x ((t::date));
-- refused: 42P17
create index on x (date_trunc('day', t));
create index on x (date_trunc('day', t at time zone 'utc'));
-- refused: 42P17
create index on x (a) where d > current_date;
-- refused: 42P17
create index on x (concat(a, b));
-- refused: 42P17
create index on x (to_tsvector(b));
create index on x using gin (to_tsvector('simple', b));
-- refused: 42P17
create index on x ((d::text));
create index on x ((extract(year from d)));
-- refused: 42P17
create index on x ((extract(year from t)));
-- refused: 42P17
create index on x ((b::date));
-- refused: 42601
create index on x ((select 1));
-- refused: 0A000
create index on x (a) where exists (select 1);

-- case: extensions' operator classes
create extension pg_trgm with schema extensions;
create extension btree_gin;
create table x (a int, b text);
create index on x using gin (b gin_trgm_ops);
create index on x using gin (b extensions.gin_trgm_ops, a);
create index on x using gist (b extensions.gist_trgm_ops (siglen = 32));

-- case: concurrently
create table x (a int);
create index concurrently on x (a);
create index concurrently if not exists x_a_idx on x (a);
create unique index concurrently u on x (a);
drop index concurrently u;
drop index concurrently if exists u;

-- case: options of an index
create table x (a int);
create index i on x (a) with (fillfactor = 50);
alter index i set (fillfactor = 60, deduplicate_items = off);
alter index i reset (fillfactor);

-- case: names in quotes within literals, as a dump writes them
create sequence places_seq;
create table places (path text, data jsonb, number int default "nextval"('"public"."places_seq"'::"regclass"));
create index places_path on places using "gin" ("to_tsvector"('"simple"'::"regconfig", "path"));
create index places_data on places using "gin" ("to_tsvector"('"pg_catalog"."english"'::"regconfig", ("data" ->> 'text'::"text")));
