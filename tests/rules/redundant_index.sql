create table public.blog (id int primary key, author int, title text, created_at timestamptz);
create index blog_author on public.blog (author);
create index blog_author_title on public.blog (author, title);
-- finds: public.blog_author

drop index public.blog_author;
-- finds: nothing

-- Another order, another predicate, a unique index: each has queries or a promise of its own.
create index blog_author on public.blog (author desc);
create index blog_titled on public.blog (author) where title is not null;
create unique index blog_one on public.blog (author);
-- finds: nothing
