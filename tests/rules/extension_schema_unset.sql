create extension pg_trgm;
-- finds: pg_trgm

alter extension pg_trgm set schema extensions;
-- finds: nothing

-- Installed by the platform, of a fixed schema, or said where it goes.
create extension if not exists pgcrypto;
create extension if not exists pg_cron;
create extension if not exists vector with schema extensions;
-- finds: nothing

create schema tools;
set search_path = tools, public;
create extension if not exists unaccent;
-- finds: unaccent

drop extension unaccent;
-- finds: nothing
