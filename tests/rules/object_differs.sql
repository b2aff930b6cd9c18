-- schema.yaml:
--   version: 1
--   target: {default_grants: exposed}
--   expect:
--     tables:
--       public.blog:
--         row_security: true
--         columns: {title: text not null, open: boolean}
--         indexes: {blog_open: (title) where open}
create table public.blog (id int primary key, title varchar, open boolean);
create index blog_open on public.blog (title) where not open;
-- finds: public.blog.title, public.blog.title, public.blog, public.blog_open

alter table public.blog enable row level security;
alter table public.blog alter column title type text, alter column title set not null;
drop index public.blog_open;
create index blog_open on public.blog (title) where (open);
-- finds: nothing
