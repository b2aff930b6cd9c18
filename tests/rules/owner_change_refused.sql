create table public.blog (id int primary key);
alter table public.blog owner to postgres;
set role anon;
reset role;
create role keeper;
grant create on schema public to keeper;
alter table public.blog owner to keeper;
-- finds: nothing

alter table public.blog owner to supabase_admin;
-- finds: line 10

create function public.one() returns int language sql set search_path = '' as $$ select 1 $$;
grant create on schema public to supabase_auth_admin;
alter function public.one() owner to supabase_auth_admin;
-- finds: line 10, line 15

set role supabase_storage_admin;
-- finds: line 10, line 15, line 18

-- schema.yaml:
--   version: 1
--   target: {platform: none}
-- finds: nothing
