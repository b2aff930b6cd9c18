-- schema.yaml:
--   version: 1
--   target: {default_grants: exposed, postgres: [15, 17]}
create table public.note (id uuid primary key default uuidv7(), body text);
-- finds: line 4

alter table public.note alter id set default gen_random_uuid();
alter table public.note add size int generated always as (length(body)) virtual;
grant maintain on public.note to service_role;
-- finds: line 4, line 8, line 9

-- Where every database is new enough, all of it can stay.
-- schema.yaml:
--   version: 1
--   target: {default_grants: exposed, postgres: [18]}
-- finds: nothing
