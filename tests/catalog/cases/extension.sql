-- case: extension
create extension if not exists pgcrypto;
create schema ext;
create extension hstore with schema ext;
create extension citext;
-- refused: 42710
create extension hstore;
-- refused: 42704
create extension earthdistance;
create extension earthdistance cascade;
alter extension citext set schema ext;
drop extension citext;
drop extension if exists citext;
-- refused: 42704
drop extension citext;

-- case: an extension that lives in a schema of its own
-- refused: 0A000
create extension pgmq with schema public;
create extension pgmq;
comment on schema pgmq is 'made with the extension, and no member of it';
create schema pgtle;
create extension pg_tle with schema pgtle;
create extension pg_cron with schema extensions;
-- refused: 0A000
alter extension pg_cron set schema public;
grant usage on schema cron to authenticated;

-- case: an index whose operator class moves with its extension
-- known: 90 %
create extension pg_trgm;
create table public.book (title text, author text);
create index book_title on public.book using gin (title gin_trgm_ops);
create index book_author on public.book (author);
create schema ext;
alter extension pg_trgm set schema ext;
