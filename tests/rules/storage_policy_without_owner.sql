create policy "remove" on storage.objects for delete to authenticated using (bucket_id = 'avatars');
-- finds: remove on storage.objects

alter policy "remove" on storage.objects
  using (bucket_id = 'avatars' and (storage.foldername(name))[1] = (select auth.uid())::text);
-- finds: nothing

create policy "add" on storage.objects for insert to public
  with check (bucket_id = 'avatars' and auth.role() = 'authenticated' and storage.extension(name) = 'png');
-- finds: add on storage.objects

drop policy "add" on storage.objects;
create policy "add" on storage.objects for insert to authenticated
  with check (bucket_id = 'avatars' and (select auth.uid()) is not null);
-- finds: add on storage.objects

drop policy "add" on storage.objects;
-- Each of these may tell whose file it is.
create table public.member (team text, person uuid);
create function public.is_admin() returns boolean language sql stable set search_path = '' as $$ select true $$;
create policy "owner" on storage.objects for update to authenticated
  using (bucket_id = 'avatars' and owner_id = (select auth.uid())::text);
create policy "team" on storage.objects for insert to authenticated
  with check (bucket_id = 'teams' and exists (select from public.member m where m.person = (select auth.uid())));
create policy "admin" on storage.objects for delete to authenticated using (bucket_id = 'avatars' and public.is_admin());
create policy "read" on storage.objects for select to authenticated using (bucket_id = 'avatars');
create policy "robot" on storage.objects to service_role using (bucket_id = 'avatars');
create policy "nobody" on storage.objects for delete to authenticated using (false);
-- finds: nothing

-- For whom it is, it does not say: missing_to does.
create policy "anybody" on storage.objects for insert with check (bucket_id = 'avatars');
-- finds: nothing
