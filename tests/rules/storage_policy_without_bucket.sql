create policy "read" on storage.objects for select to anon using (true);
-- finds: read on storage.objects

alter policy "read" on storage.objects using (bucket_id = 'avatars');
-- finds: nothing

-- To read what is one's own is the same in every bucket; to write it is not.
create policy "own" on storage.objects for select to authenticated using (owner_id = (select auth.uid())::text);
-- finds: nothing

create policy "add" on storage.objects for insert to authenticated with check (owner_id = (select auth.uid())::text);
-- finds: add on storage.objects

drop policy "add" on storage.objects;
create function public.may_read(b text) returns boolean language sql stable set search_path = '' as $$ select b = 'open' $$;
create policy "by function" on storage.objects for select to anon using (public.may_read(bucket_id));
create policy "robot" on storage.objects to service_role using (true);
create policy "less" on storage.objects as restrictive to anon using (name not like '.%');
create policy "never" on storage.objects for delete to authenticated using (false);
create table public.blog (id int primary key);
create policy "read" on public.blog for select to anon using (true);
-- finds: nothing

-- One of the two expressions is enough.
create policy "replace" on storage.objects for update to authenticated
  using (owner_id = (select auth.uid())::text) with check (bucket_id = 'avatars');
-- finds: nothing
