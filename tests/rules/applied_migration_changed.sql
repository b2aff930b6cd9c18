-- schema.yaml:
--   version: 1
--   target: {default_grants: exposed}
--   applied_until: {version: "1"}
create table public.blog (id int primary key);
-- as of the revision
-- finds: nothing

alter table public.blog add column title text;
-- finds: line 7
