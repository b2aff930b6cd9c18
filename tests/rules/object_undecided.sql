-- schema.yaml:
--   version: 1
--   target: {default_grants: exposed}
--   expect:
--     tables:
--       public.blog: {row_security: true}
create table public.blog (id int primary key);
alter table public.blog enable row level security;
-- finds: nothing

do $$
declare verb text := (select case when now() > '2020-01-01' then 'disable' else 'enable' end);
begin
  execute format('alter table public.blog %s row level security', verb);
end $$;
-- finds: public.blog
