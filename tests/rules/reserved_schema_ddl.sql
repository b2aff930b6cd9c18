alter table storage.objects enable row level security;
-- finds: line 1

create policy "avatars" on storage.objects for select to authenticated using (bucket_id = 'avatars');
create table public.profile (id uuid primary key references auth.users on delete cascade);
create function public.on_user() returns trigger language plpgsql set search_path = '' as $$ begin return new; end $$;
create trigger on_user after insert on auth.users for each row execute function public.on_user();
-- finds: line 1

create function auth.is_admin() returns boolean language sql as $$ select true $$;
create index users_by_phone on auth.users (phone);
comment on table auth.users is 'Ours';
comment on policy "avatars" on storage.objects is 'Allowed';
-- finds: line 1, line 10, line 11, line 12

create or replace function /* ( */ AUTH . "is_admin"() returns boolean language sql as $$ select false $$;
create table u&"\0061uth".note (id int);
create table public.auth (id uuid references auth.users on delete cascade);
-- finds: line 1, line 10, line 11, line 12, line 16, line 17
