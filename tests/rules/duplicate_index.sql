create table public.blog (id int primary key, title text, author int);
create index blog_by_title on public.blog (title);
-- finds: nothing

create index blog_title on public.blog using btree (title asc);
-- finds: public.blog

drop index public.blog_title;
create index blog_title_set on public.blog (title) where title is not null;
-- finds: nothing

-- An index like the primary key's.
create unique index blog_id on public.blog (id);
-- finds: public.blog
