-- schema.yaml:
--   version: 1
--   target: {default_grants: exposed}
--   expect:
--     tables:
--       public.blog: {exact: true, columns: {id: integer primary key}}
--   absent: [table public.blog_old]
create table public.blog (id int primary key);
-- finds: nothing

create policy leftover on public.blog using (true);
create table public.blog_old (id int primary key);
-- finds: leftover on public.blog, public.blog_old

drop policy leftover on public.blog;
drop table public.blog_old;
-- finds: nothing
