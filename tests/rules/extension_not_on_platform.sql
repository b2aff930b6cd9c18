create extension if not exists vector with schema extensions;
create extension if not exists pg_cron;
create extension if not exists "uuid-ossp";
-- finds: nothing

create extension pageinspect with schema extensions;
-- finds: pageinspect

create extension if not exists age;
-- finds: pageinspect, age

-- On a later PostgreSQL than 15 it is no longer there.
create extension if not exists timescaledb with schema extensions;
-- finds: pageinspect, age

-- schema.yaml:
--   version: 1
--   target: {postgres: [17]}
-- finds: pageinspect, age, timescaledb

-- What database.dev offers has its author's name in it.
create extension if not exists "basejump-supabase_test_helpers";
-- finds: pageinspect, age, timescaledb

-- schema.yaml:
--   version: 1
--   target: {platform: none}
-- finds: nothing
