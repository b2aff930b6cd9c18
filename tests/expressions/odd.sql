select * from xmltable('/a' passing x columns b int path 'b', c for ordinality) t
select * from json_table('{}', '$' columns (a int path '$.a')) t
select * from t tablesample system (10) repeatable (1)
select a from t group by grouping sets ((a), (), (a,b)), cube(a), rollup(b)
select sum(a) over (partition by b order by c rows between 1 preceding and unbounded following exclude current row) from t
values (1, 2), (3, 4)
select * from rows from (f(1), g(2) as (a int, b text)) with ordinality as r(a, b, c)
with recursive t(n) as (values (1) union all select n + 1 from t where n < 5) search depth first by n set o cycle n set c using p select * from t
with d as (delete from t where a returning *) select * from d
with d as (insert into t (a) values (1) on conflict (a) do update set a = excluded.a returning a) select * from d
with u as (update t set a = b from c where c.x = t.x returning t.*) select * from u
select 1 from t for update of t skip locked
select a from t order by a using < fetch first 3 rows with ties
select x is json object, json_array(1,2), json_objectagg(a: b), json_query(x, '$.a'), json_exists(x,'$'), json_value(x,'$' returning int)
select xmlelement(name a, xmlattributes(b as c), d), xmlforest(a), xmlparse(document 'x'), xmlserialize(content x as text), x is document
select (a, b) overlaps (c, d), collation for (a), $1, f(a := 1, b => 2), f(variadic array[1])
select a[1:], a[:2], a[1][2], (a).b, (a).*, (f(x)).y, row(t.*), row(), (select row(1,2)).f1
select a at local, normalize(x, nfc), x is nfkc normalized, a is unknown, merge_action(), grouping(a)
select distinct on (1, a) * from only t, lateral (select 1) x, t as y(a,b) limit all offset 2
(select 1 union select 2) intersect select 3 order by 1
table t
select from t
select exists(values (1)), array(values (1)), (values (1)), 1 = all (values(1)), (1,2) = (select 1,2), (1,2) > any (select 1,2)
select from (t cross join u) as j(a, b) natural left join v
select a, t, t.*, public.t.a, db.public.t.a from public.t
select percentile_disc(0.5) within group (order by a) from t window w as (w2 rows 2 preceding)
select cast(null as int[][]), '{}'::int[][], '{{1,2}}'::int[], array[[1,2],[3,4]]::text[], interval '1' year, interval(3) '1', bit '1', x'ff', n'abc', u&'\0041'
select 1 = any('{1,2}'), a = any(null), a in (null), a between symmetric b and c, not a not in (1), a not like all (array['x'])
select t.a from f(1) t, f(2) as g(a int), unnest(a, b) u, generate_series(1,2) with ordinality
select - 1, - 1.5, -(1), 1e400, 1e-400, .5e10, 123456789012345678901234567890, 0x1F, 1_000
select current_date, current_time(2), localtime, current_catalog, current_schema, system_user
select case when a then b end, case a when b then c else d end, coalesce(a), greatest(a, b), nullif(a, 1), - a, @ a, + 1
select x'zz', b'21', '1'::pg_catalog.interval(a), '1'::pg_catalog.interval(1, 2, 3), 1e5000, '1'::numeric(a, b)
