create table public.note (id int primary key, body text);
alter table public.note enable row level security;
-- finds: nothing

create extension pg_graphql;
-- finds: public.note

revoke select on public.note from authenticated;
-- finds: nothing

grant select (body) on public.note to authenticated;
-- finds: public.note

revoke select (body) on public.note from authenticated;
create schema private;
create view private.bodies as select body from public.note;
-- finds: nothing

-- a schema that the API does not serve counts as well
grant select on private.bodies to authenticated;
-- finds: private.bodies

drop extension pg_graphql;
-- finds: nothing
