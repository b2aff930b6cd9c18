create table public.blog (id int primary key, author uuid not null);
alter table public.blog enable row level security;
create view public.authors as select author, count(*) as posts from public.blog group by author;
-- finds: public.authors

alter view public.authors set (security_invoker = on);
-- finds: nothing

-- OR REPLACE without WITH loses the option.
create or replace view public.authors as select author, count(*) as posts from public.blog group by author;
-- finds: public.authors

revoke all on public.authors from anon, authenticated;
-- finds: nothing

create materialized view public.totals as select count(*) as posts from public.blog;
-- finds: nothing
