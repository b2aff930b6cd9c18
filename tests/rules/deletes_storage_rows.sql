insert into storage.buckets (id, name) values ('avatars', 'avatars');
-- finds: nothing

delete from storage.objects where bucket_id = 'avatars';
-- finds: line 4

delete from storage.buckets where id = 'avatars';
-- finds: line 4, line 7

-- Policies and one's own tables are another matter, and so is what only looks like it.
create policy "remove own" on storage.objects for delete to authenticated using (bucket_id = 'avatars' and owner_id = (select auth.uid())::text);
create schema my_storage;
create table my_storage.objects (id int);
delete from my_storage.objects;
create function public.hint() returns text language sql set search_path = '' as $$ select 'delete from storage.objects' $$;
update storage.buckets set public = false where id = 'avatars';
-- finds: line 4, line 7

create function public.forget(path text) returns void language plpgsql security definer set search_path = '' as $$
begin
  delete from storage.objects where name = path;
end $$;
-- finds: line 4, line 7, public.forget(text)

create or replace function public.forget(path text) returns void language plpgsql security definer set search_path = '' as $$
begin
  perform set_config('storage.allow_delete_query', 'true', true);
  delete from storage.objects where name = path;
end $$;
-- finds: line 4, line 7
