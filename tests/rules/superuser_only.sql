create function public.one() returns int language sql immutable set search_path = '' as $$ select 1 $$;
set session statement_timeout = '1min';
create text search configuration public.plain (copy = pg_catalog.simple);
-- finds: nothing

alter system set work_mem = '64MB';
-- finds: line 6

create table public.word (word text);
copy public.word from '/tmp/words.csv';
-- finds: line 6, line 10

alter function public.one() leakproof;
-- finds: line 6, line 10, line 13

alter function public.one() not leakproof;
-- finds: line 6, line 10, line 13

-- schema.yaml:
--   version: 1
--   target: {platform: none}
-- finds: nothing
