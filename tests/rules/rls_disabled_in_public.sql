create table public.blog (id int primary key);
-- finds: public.blog

alter table public.blog enable row level security;
-- finds: nothing

alter table public.blog disable row level security;
revoke all on public.blog from anon, authenticated;
-- finds: nothing

-- Reading is enough, and one of the two roles.
grant select on public.blog to authenticated;
-- finds: public.blog

-- Another schema is not served by the API, whatever is granted on it.
drop table public.blog;
create schema internal;
create table internal.blog (id int primary key);
grant all on internal.blog to anon;
-- finds: nothing
