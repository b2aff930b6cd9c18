create table public.blog (id int);
-- finds: public.blog

alter table public.blog add primary key (id);
-- finds: nothing

alter table public.blog drop constraint blog_pkey;
-- finds: public.blog

create temporary table draft (id int);
drop table public.blog;
-- finds: nothing
