-- schema.yaml:
--   version: 1
--   target: {default_grants: exposed}
--   expect:
--     tables:
--       public.blog:
--         columns: {title: text not null}
--         policies:
--           read: {for: select, to: [anon], using: "true"}
create table public.blog (id int primary key);
-- finds: public.blog.title, read on public.blog

alter table public.blog add column title text not null;
create policy read on public.blog for select to anon using (true);
-- finds: nothing

drop table public.blog;
-- finds: public.blog
