create table public.blog (id int primary key, author uuid not null references auth.users (id));
-- finds: blog_author_fkey on public.blog

alter table public.blog drop constraint blog_author_fkey,
  add constraint blog_author_fkey foreign key (author) references auth.users (id) on delete cascade;
-- finds: nothing

create table public.comment (id int primary key, author uuid references auth.users on delete set null);
create table public.vote (id int primary key, blog int references public.blog);
-- finds: nothing

alter table public.comment add column editor uuid;
alter table public.comment add constraint comment_editor foreign key (editor) references auth.users on delete restrict;
-- finds: comment_editor on public.comment

alter table public.comment drop column editor;
-- finds: nothing
