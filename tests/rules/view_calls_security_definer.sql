create table public.profile (id uuid primary key, email text);
alter table public.profile enable row level security;
create table public.blog (id int primary key, author uuid not null);
create function public.email_of(who uuid) returns text language sql stable security definer set search_path = '' as
$$ select p.email from public.profile p where p.id = who $$;
create view public.posts with (security_invoker = on) as select b.id, public.email_of(b.author) as email from public.blog b;
-- finds: public.posts

alter function public.email_of(uuid) security invoker;
-- finds: nothing

-- It asks who is asking, itself or by another one.
create function public.me() returns uuid language sql stable set search_path = '' as $$ select auth.uid() $$;
create function public.my_email() returns text language sql stable security definer set search_path = '' as
$$ select p.email from public.profile p where p.id = public.me() $$;
create view public.mine with (security_invoker = on) as select public.my_email() as email;
-- finds: nothing

-- It says no more than yes or no, or reads what anybody may read.
create function public.has_profile(who uuid) returns boolean language sql stable security definer set search_path = '' as
$$ select exists (select from public.profile p where p.id = who) $$;
create function public.posts_of(who uuid) returns bigint language sql stable security definer set search_path = '' as
$$ select count(*) from public.blog b where b.author = who $$;
create view public.counts with (security_invoker = on) as
  select b.id, public.has_profile(b.author) as known, public.posts_of(b.author) as posts from public.blog b;
-- finds: nothing

create view public.emails with (security_invoker = on) as select b.id, public.email_of(b.author) as email from public.blog b;
alter function public.email_of(uuid) security definer;
revoke all on public.emails from anon, authenticated;
-- finds: public.posts
