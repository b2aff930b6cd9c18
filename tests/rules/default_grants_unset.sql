-- schema.yaml:
--   version: 1
create schema internal;
-- finds: nothing

create table public.blog (id int primary key);
-- finds: public

-- schema.yaml:
--   version: 1
--   target: {default_grants: revoked}
-- finds: nothing
