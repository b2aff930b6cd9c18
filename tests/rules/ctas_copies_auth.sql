create table public.people as select id, email from auth.users;
-- finds: public.people

alter table public.people enable row level security;
-- finds: nothing

select u.id, i.provider into public.providers from auth.users u join auth.identities i on i.user_id = u.id;
-- finds: public.providers

drop table public.providers;
-- finds: nothing

-- Where the API does not look, and of a table of one's own.
create schema internal;
create table internal.people as select id, email from auth.users;
create table public.blog (id int primary key, author uuid);
create table public.blog_copy as select b.id, auth.uid() as copied_by from public.blog b;
-- finds: nothing

create table public.phones as with u as (select * from auth.users) select phone from u;
-- finds: public.phones

revoke all on public.phones from anon, authenticated;
-- finds: nothing
