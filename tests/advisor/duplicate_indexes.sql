-- 0009: definitions, the index's name taken out wherever it stands; arrays as the server prints them
create table public.t (id int primary key, a int, b int, c text);
create index a on public.t (a);
create index b on public.t (b);
create index id on public.t (id);
create index t1 on public.t (a);
create index t2 on public.t (a);
create index "T 3" on public.t (a);
create index "T 4" on public.t (a);
create index c1 on public.t (lower(c));
create index c2 on public.t (lower( c ));
create index c3 on public.t ((lower(c)));
create index d1 on public.t (a) where b > 0;
create index d2 on public.t (a) where (b > 0);
create index d3 on public.t (a) where b > 1;
create index d4 on public.t (a) where c = 'x';
create index d5 on public.t (a) where c = 'x'::text;
create unique index u1 on public.t (id);
create index e1 on public.t (a) include (b);
create index e2 on public.t (a) include (b);
create index f1 on public.t using hash (a);
create index f2 on public.t using hash (a);
create index g1 on public.t (a desc);
create index g2 on public.t (a desc nulls first);
create index h1 on public.t (a) with (fillfactor = 70);
create index h2 on public.t (a) with (fillfactor = 70);
create index i1 on public.t (c collate "C");
create index i2 on public.t (c collate "C");
create index i3 on public.t (c text_pattern_ops);
create index i4 on public.t (c text_pattern_ops);
create index public on public.t (a);
create index btree on public.t (a);
create materialized view public.m as select a, b from public.t;
create index m1 on public.m (a);
create index m2 on public.m (a);
create table public.p (id int, k int) partition by list (k);
create table public.p1 partition of public.p for values in (1);
create index pa on public.p (id);
create index pb on public.p (id);
create schema "My Schema";
create table "My Schema"."T" (id int primary key, r int references public.t);
create index "x" on "My Schema"."T" (r);
create index "y" on "My Schema"."T" (r);
create index "z,1" on "My Schema"."T" (r);
create index "z""2" on "My Schema"."T" (r);
create table public.uq (a int unique, b int, constraint uq2 unique (a), constraint uq3 unique (b));
create unique index uq4 on public.uq (b);

-- row: ERROR rls_disabled_in_public rls_disabled_in_public_public_p1
-- row: ERROR rls_disabled_in_public rls_disabled_in_public_public_t
-- row: ERROR rls_disabled_in_public rls_disabled_in_public_public_uq
-- row: INFO no_primary_key no_primary_key_public_p1
-- row: INFO no_primary_key no_primary_key_public_uq
-- row: WARN duplicate_index duplicate_index_public_m_{m1,m2}
-- row: WARN duplicate_index duplicate_index_public_p1_{p1_id_idx,p1_id_idx1}
-- row: WARN duplicate_index duplicate_index_public_t_{"T 3","T 4"}
-- row: WARN duplicate_index duplicate_index_public_t_{a,id}
-- row: WARN duplicate_index duplicate_index_public_t_{c1,c2,c3}
-- row: WARN duplicate_index duplicate_index_public_t_{d1,d2}
-- row: WARN duplicate_index duplicate_index_public_t_{d4,d5}
-- row: WARN duplicate_index duplicate_index_public_t_{e1,e2}
-- row: WARN duplicate_index duplicate_index_public_t_{f1,f2}
-- row: WARN duplicate_index duplicate_index_public_t_{g1,g2}
-- row: WARN duplicate_index duplicate_index_public_t_{h1,h2}
-- row: WARN duplicate_index duplicate_index_public_t_{i1,i2}
-- row: WARN duplicate_index duplicate_index_public_t_{i3,i4}
-- row: WARN duplicate_index duplicate_index_public_t_{t1,t2}
-- row: WARN duplicate_index duplicate_index_public_t_{t_pkey,u1}
-- row: WARN duplicate_index duplicate_index_public_uq_{uq3,uq4}
-- row: WARN materialized_view_in_api materialized_view_in_api_public_m
