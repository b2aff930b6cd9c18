create table public.blog (id int primary key, author uuid not null);
alter table public.blog enable row level security;
create schema internal;
create view internal.everything as select * from public.blog;
grant select on internal.everything to authenticated;
create view public.posts with (security_invoker = on) as select id from internal.everything;
-- finds: public.posts

alter view internal.everything set (security_invoker = on);
-- finds: nothing

-- Whoever may not read the view below gets 42501.
alter view internal.everything reset (security_invoker);
revoke all on internal.everything from authenticated;
-- finds: nothing

-- The view itself is security_definer_view's, and a table is no chain.
create view public.all_posts as select * from public.blog;
create view public.own_posts with (security_invoker = on) as select * from public.blog;
create view public.no_rows with (security_invoker = on) as select 1 as one;
-- finds: nothing

create view public.third with (security_invoker = on) as select * from public.own_posts;
-- finds: nothing

create view public.second with (security_invoker = on) as select * from public.all_posts;
-- finds: public.second

revoke all on public.second from anon, authenticated;
-- finds: nothing
