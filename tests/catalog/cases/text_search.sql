-- case: configurations and the dictionaries that they need
create schema other;
create text search dictionary d (template = simple);
-- refused: 23505
create text search dictionary d (template = simple);
create text search configuration x (copy = english);
-- refused: 23505
create text search configuration x (parser = "default");
alter text search configuration x alter mapping for word with d;
-- refused: 2BP01
drop text search dictionary d;
alter text search dictionary d (stopwords = english);
alter text search dictionary d rename to e;
alter text search dictionary e owner to postgres;
alter text search configuration x rename to y;
alter text search configuration y owner to postgres;
alter text search configuration y set schema other;
alter text search dictionary e set schema other;
comment on text search configuration other.y is 'known to exist only';
comment on text search dictionary other.e is 'known to exist only';
-- refused: 42704
drop text search configuration public.y;
-- refused: 42704
drop text search dictionary public.e;
drop text search dictionary if exists public.e;
drop text search configuration other.y;
drop text search dictionary other.e;
drop schema other;

-- case: parsers and templates are a superuser's
-- refused: 42501
create text search parser p (start = prsd_start, gettoken = prsd_nexttoken, end = prsd_end, lextypes = prsd_lextype);
-- refused: 42501
create text search template t (lexize = dsimple_lexize);
drop text search parser if exists p;
drop text search template if exists t;
