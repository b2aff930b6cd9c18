create extension pg_trgm with schema extensions;
-- finds: nothing

create extension hstore;
-- finds: hstore

alter extension hstore set schema extensions;
-- finds: nothing
