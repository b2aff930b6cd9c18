vacuum;
-- finds: nothing

create table public.blog (id int primary key, title text);
-- finds: line 1

create index concurrently blog_title on public.blog (title);
-- finds: line 1, line 7

create index blog_title_id on public.blog (title, id);
-- finds: line 1, line 7
