-- 0014, and what does not belong to an extension
create extension citext with schema public;
create extension hstore;
create extension pg_trgm schema extensions;
alter extension hstore set schema extensions;
create extension unaccent;
drop extension unaccent;

-- row: WARN extension_in_public extension_in_public_citext
