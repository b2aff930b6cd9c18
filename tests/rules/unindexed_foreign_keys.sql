create table public.author (id int primary key);
create table public.blog (id int primary key, author_id int references public.author);
-- finds: blog_author_id_fkey on public.blog

-- The key's column must come first.
create index blog_by_id_and_author on public.blog (id, author_id);
-- finds: blog_author_id_fkey on public.blog

create index blog_by_author on public.blog (author_id, id);
-- finds: nothing

drop index public.blog_by_author;
-- finds: blog_author_id_fkey on public.blog
