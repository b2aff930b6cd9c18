create table public.blog (id int primary key, author uuid not null);
alter table public.blog enable row level security;
create view public.authors with (security_invoker = on) as select author from public.blog;
-- finds: nothing

create or replace view public.authors as select author, count(*) as posts from public.blog group by author;
-- finds: public.authors

drop view public.authors;
create view public.authors with (security_invoker) as select author from public.blog;
create or replace view public.authors as select author from public.blog where id > 0;
-- finds: public.authors

create or replace view public.authors with (security_invoker = true) as select author from public.blog;
-- finds: nothing

-- Given by ALTER VIEW it is lost as well.
create view public.ids as select id from public.blog;
alter view public.ids set (security_invoker = on);
create or replace view public.ids as select id from public.blog where id > 0;
-- finds: public.ids

drop view public.ids;
create view public.ids as select id from public.blog;
-- finds: nothing

-- Who says so means it, and who never had it lost nothing.
create or replace view public.authors with (security_invoker = false) as select author from public.blog;
create or replace view public.ids as select id from public.blog where id > 1;
-- finds: nothing
