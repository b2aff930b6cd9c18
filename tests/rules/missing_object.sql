alter table public.users add column nick text;
-- finds: public.users

-- Once is enough: from here on it is assumed to exist.
create index users_by_nick on public.users (nick);
-- finds: public.users

create table public.blog (id int primary key);
create policy "read" on public.blog for select to authenticated using (author is not null);
-- finds: public.users, line 9
