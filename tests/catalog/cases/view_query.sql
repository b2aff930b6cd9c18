-- case: joins
create table a (id int primary key, x text);
create table b (id int, a_id int references a(id), y varchar(10), z numeric(8,2));
create view v1 as select * from a join b using (id);
create view v2 as select a.*, b.y as why, b.z from a left join b on b.a_id = a.id;
create view v3 as select * from a natural join b;
create view v4 as select j.id, j.y from (a join b using (id)) as j;
create view v5 as select a.id, b.y from a cross join b full join a c on c.id = a.id;
create view v6 as select a.id, l.y from a left join lateral (select b.y from b where b.a_id = a.id limit 1) l on true;

-- case: WITH
create table a (id int primary key, x text);
create table b (id int, a_id int references a(id), y varchar(10));
create view v1 as with q as (select id, x from a) select q.id, (select count(*) from b where b.a_id = q.id) as n from q;
create view v2 as with q (p, q) as (select * from a), r as (select q.p from q) select * from r;
create view v3 as with recursive r(n, path) as (select id, array[id] from a union all select n + 1, path || n from r where n < 5) select * from r;
create recursive view v4 (n) as select 1 union all select n + 1 from v4 where n < 5;
create view v5 as with a as (select 1 as one) select one from a;

-- case: UNION, VALUES, TABLE
create table a (id int primary key, x text);
create table b (id bigint, y varchar(10));
create view v1 as select id from a union all select id from b;
create view v2 as select id, x from a union select id, y from b order by 1;
create view v3 as values (1, 'a'), (2, 'b');
create view v4 as table a;
create view v5 as select x from a except select 'none' intersect select null;
create view v6 as (select id from a limit 1) union all (select 2 limit 1);
create view v7 (p, q) as select 1, 'x' union select id, x from a;

-- case: names of columns
create table a (id int primary key, x text, ts timestamptz, j jsonb, arr text[]);
-- refused: 42701
create view v1 as select id + 1, upper(x), x::varchar, ts::date, 'lit', 1, null, true from a;
-- refused: 42P16
create view v0 as select row(id, x) from a;
create view v2 as select case when id > 1 then x else 'y' end, coalesce(x, 'z'), greatest(id, 3), array[id], exists (select 1) from a;
create view v3 as select (select max(id) from a), (select x as named from a limit 1), array(select id from a), nullif(x, ''), arr[1], (arr)[1:2] as s from a;
create view v4 as select current_date, current_timestamp, localtime, current_user, session_user, current_schema;
create view v5 as select x collate "C", j -> 'a' as q, j ->> 'b' as r, extract(year from ts), ts at time zone 'utc' as t from a;
create view v6 as select id as "Quoted Name", x as "select" from a;

-- case: types of operators and functions
create table a (id int primary key, big bigint, x text, v varchar(20), n numeric(8,2), f real, d double precision, ts timestamptz, tz timestamp, dt date, iv interval, j jsonb, u uuid, b boolean, c char(3), arr int[]);
create view v1 as select id + 1 as a, id + big as b, n * 2 as c, id / 2.0 as d, f + 1 as e, f + d as g, -n as h, id % 2 as i, 2 ^ id as j, @ n as k from a;
create view v2 as select ts + iv as a, ts - ts as b, dt + 1 as c, dt - dt as d, dt + iv as e, ts - interval '1 day' as f, now() - '7 days'::interval as g, iv * 2 as h, ts - dt as i from a;
create view v3 as select x || 'a' as a, x || id as b, v || c as c, arr || 1 as d, j || '{}' as e, j -> 'a' as f, j ->> 'a' as g, j #>> '{a,b}' as h, j ? 'a' as i from a;
create view v4 as select lower(v) as a, length(x) as b, left(x, 3) as c, substring(x from 2 for 3) as d, trim(x) as e, concat(x, id) as f, format('%s', x) as g, replace(x, 'a', 'b') as h, split_part(x, ',', 1) as i, to_char(ts, 'YYYY') as k from a;
create view v5 as select count(*) as a, count(id) as b, sum(id) as c, sum(big) as d, sum(n) as e, sum(f) as g, avg(id) as h, avg(n) as i, min(x) as j, max(ts) as k, array_agg(x) as l, string_agg(x, ',') as m, json_agg(a) as o, jsonb_object_agg(x, id) as p, bool_or(b) as q, count(*) filter (where b) as r from a;
create view v6 as select date_trunc('day', ts) as a, date_trunc('day', tz) as b, date_part('year', ts) as c, extract(epoch from ts) as d, age(ts) as e, now() as f, to_timestamp(1) as g, make_interval(days => id) as h, date(ts) as i, coalesce(dt, now()::date) as k from a;
create view v7 as select round(n, 1) as a, round(d) as b, ceil(n) as c, abs(id) as d, power(id, 2) as e, sqrt(n) as f, random() as g, greatest(id, big) as h, least(n, id) as i, coalesce(n, 0) as j, nullif(id, 0) as k, floor(f) as l, mod(id, 2) as m from a;
create view v8 as select jsonb_array_length(j) as a, jsonb_build_object('a', id) as b, to_jsonb(x) as c, row_to_json(a) as d, array_length(arr, 1) as e, unnest(arr) as f, cardinality(arr) as g, array_to_string(arr, ',') as h, arr[1] as i, gen_random_uuid() as j, md5(x) as k, encode(x::bytea, 'hex') as l from a;
create view v9 as select percentile_cont(0.5) within group (order by n) as a, mode() within group (order by x) as b, percentile_disc(0.5) within group (order by id) as c from a;
create view v10 as select row_number() over (partition by x order by id) as a, lag(x) over w as b, first_value(n) over w as c, sum(id) over (order by id rows 2 preceding) as d, ntile(4) over w as e, rank() over w as f from a window w as (order by id);
create view v11 as select case when b then id else big end as a, case id when 1 then n else 0 end as b, case when b then null else 'x' end as c, coalesce(v, x) as d, coalesce(c, 'x') as e, case when b then v end as f, case when b then v else v end as g from a;
create view v12 as select id::text as a, x::varchar(5) as b, n::int as c, cast(ts as date) as d, '1'::numeric(5,2) as e, u::text as f, '{}'::jsonb as g, 'x'::char(2) as h, '1 day'::interval day to second(2) as i, array['a','b']::text[] as k, array[1, 2.5] as l, bit '101' as m from a;
create view v13 as select id = 1 as a, x like 'a%' as b, id in (1, 2) as c, x is null as d, id between 1 and 2 as e, b and true as f, not b as g, id is distinct from 1 as h, b is true as i, x similar to 'a' as j, id = any (arr) as k, row(id, x) = row(1, 'a') as l from a;

-- case: functions in FROM
create table a (id int, arr text[], j jsonb);
create type pair as (l int, r text);
create function rows_of(n int) returns table (p int, q text) language sql as 'select 1, ''a''::text';
create function all_a() returns setof a language sql as 'select * from a';
create function outs(out x int, out y text) language sql as 'select 1, ''a''::text';
create function one() returns int language sql as 'select 1';
create function pairs() returns setof pair language sql as 'select 1, ''a''::text';
create view v1 as select * from generate_series(1, 3) g;
create view v2 as select g.n, g.n * 2 as m from generate_series(1, 3) as g(n);
create view v3 as select * from rows_of(1);
create view v4 as select f.id, f.j from all_a() f;
create view v5 as select * from outs();
create view v6 as select * from one() as o;
create view v7 as select a.id, u.v, u.n from a, unnest(a.arr) with ordinality as u(v, n);
create view v8 as select a.id, e.key, e.value from a, jsonb_each(a.j) e;
create view v9 as select a.id, e.value ->> 'x' as x from a cross join lateral jsonb_array_elements(a.j) as e(value);
create view v10 as select * from json_to_recordset('[]') as r(a int, b text);
create view v11 as select r.l, r.r from pairs() as r(l, r);
create view v12 as select g::date as day from generate_series(now() - interval '7 days', now(), interval '1 day') as g;
create view v13 as select * from rows from (rows_of(1), generate_series(1, 2)) as x(a, b, c);
create view v14 as select k from jsonb_object_keys('{}') k;

-- case: calls of functions of one's own
create type mood as enum ('sad', 'ok');
create table users (id uuid, role text, m mood, n int);
create function f(a int, b text default 'x') returns varchar language sql as 'select ''a''::varchar';
create function f(a text) returns int language sql as 'select 1';
create function many(variadic a int[]) returns bigint language sql as 'select 1::bigint';
create function same(a anyelement) returns anyelement language sql as 'select a';
create function full_name(u users) returns text language sql as 'select u.role';
create function of_mood(m mood) returns mood language sql as 'select m';
create view v1 as select f(n) as a, f(role) as b, f(n, 'q') as c, f('lit') as d, many(1, 2, 3) as e, same(id) as g, same(role) as h, of_mood(m) as i, of_mood('sad') as k from users;
create view v2 as select u.id, u.full_name, full_name(u) as f2 from users u;
create view v3 as select f(b => 'x', a => 1) as a;
-- refused: 42883
create view v4 as select f(1, 2, 3);
-- refused: 42883
create view v5 as select nofunction(1);
-- refused: 2BP01
drop function f(text);
-- refused: 2BP01
drop function f(int, text);
-- refused: 2BP01
drop function of_mood;
-- refused: 2BP01
drop type mood;

-- case: fields of composite values
create type inner_ as (a int, b text);
create type outer_ as (i inner_, c date);
create table t (o outer_, id int);
create function session() returns outer_ language sql as 'select null::outer_';
create view v1 as select (session()).*, id from t;
create view v2 as select (o).i, ((t.o).i).b, (o).c as d from t;
create view v3 as with s as (select (session()).i.*) select * from s;


-- case: grouping, distinct, limits, locks
create table a (id int primary key, x text, n int);
create view v1 as select x as label, sum(n) as total from a group by label having sum(n) > 1 order by total desc limit 3 offset 1;
create view v2 as select distinct on (x) x, id from a order by x, id desc;
create view v3 as select distinct x from a order by x;
create view v4 as select x, n, sum(id), grouping(x) from a group by grouping sets ((x), (n), ());
create view v5 as select id, x, count(*) over () from a group by a.id;
create view v6 as select x from a group by 1 order by 1;
create view v8 as select id from a tablesample system (10);
create view v9 as select id from a order by x collate "C" nulls last fetch first 2 rows only;

-- case: tables of the platform
create view v1 as select id, email, raw_user_meta_data ->> 'name' as name from auth.users;
create view v2 as select auth.uid() as me, auth.role() as role, auth.jwt() ->> 'email' as email;
create view v3 as select o.name, b.public from storage.objects o join storage.buckets b on b.id = o.bucket_id;
create view v4 as select extensions.uuid_generate_v4() as id, uuid_generate_v4() as id2;
create view v5 as select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'public';
create view v6 as select 1 as one from information_schema.tables;

-- case: renames are followed through queries
create table todo (id int primary key, title text, owner uuid);
create table list (id int, todo_id int);
create function score(t todo) returns int language sql as 'select 1';
create view v1 as select todo.title, l.id from todo join list l on l.todo_id = todo.id where todo.owner is not null;
create view v2 as with t as (select title from todo) select title from t order by title;
create view v3 as select title as name, (select count(*) from list where todo_id = todo.id) from todo group by title, id order by title;
create view v4 as select score(todo), todo.*::text as whole from todo;
create view v5 as select x.title from todo x where exists (select from list where list.todo_id = x.id and x.title <> 'title');
create view v6 as select title from todo union select 'title' order by title;
create view v7 as select row_number() over (partition by title order by id) from todo;
create view v8 as select 'todo'::regclass as oid;
alter table todo rename column title to "Head line";
alter table todo rename to task;
alter table list rename column id to list_id;
alter function score(task) rename to points;
alter table list rename to lists;
alter table lists set schema extensions;

-- case: calls of built-in functions that fit none
create type mood as enum ('so', 'happy');
create domain short as varchar(8);
create table t (id int, big bigint, c varchar(10), s short, n numeric(8,2), f float8, at timestamptz, d date, arr text[], m mood, u uuid, j jsonb);
-- refused: 42883
alter table t add column code text default ('1' || chr(floor(random() * 26) + 65));
alter table t add column code text default ('1' || chr(floor(random() * 26)::int + 65));
-- refused: 42883
create view v0 as select round(f, 2) from t;
-- refused: 42883
create view v0 as select lpad(id, 5, '0') from t;
-- refused: 42883
create view v0 as select date_trunc('day', c) from t;
-- refused: 42883
create view v0 as select pg_catalog.length(id) from t;
-- refused: 42883
create view v0 as select now(1);
-- refused: 42883
create index on t (md5(id));
-- refused: 42883
alter table t add check (length(n) > 3);
-- refused: 42883
create view v0 as select initcap(m) from t;
create view v1 as select lower(c) a, upper(s) b, round(n, 1) c, round(f) d, length(s) e, date_trunc('day', d) f, date_trunc('day', at) g,
  to_char(n, '99') h, concat(m, n, u, arr) i, md5(s) j, substring(c from 1 for 2) k, trim(c) l, extract(epoch from at) m,
  position('a' in c) n, age(at) o, power(id, 2) p, sqrt(id) q, mod(big, 2) r, ceil(n) s, abs(id) t, concat_ws(',', c, n) u,
  lpad(c, 3, '0') x, left(s, 2) y, timezone('utc', at) z, make_interval(days => id) aa, to_timestamp(id) ab, format('%s', m) ac,
  encode(decode(c, 'hex'), 'base64') ad, length('x') ae, repeat(u::text, id) af, chr(ascii(c) + 1) ag, date(at) ah, md5(u::text) ai from t;
create view v2 as select sum(id) a, avg(n) b, max(m) c, min(d) d, string_agg(c, ',') e, count(*) f, bool_or(id > 2) g from t;
create function casts() returns text language sql as 'select text(c) || int4(n) || float8(id) || bpchar(s) from t limit 1';
create function length(n numeric) returns int language sql as 'select 1';
create view v3 as select length(n) from t;
create cast (mood as text) with inout as implicit;
create view v4 as select initcap(m) from t;
