create policy "add" on storage.objects for insert to authenticated
  with check (bucket_id = 'avatars' and owner_id = (select auth.uid())::text);
-- finds: add on storage.objects

create policy "see" on storage.objects for select to authenticated using (bucket_id = 'avatars');
-- finds: add on storage.objects

create policy "replace" on storage.objects for update to authenticated
  using (bucket_id = 'avatars' and owner_id = (select auth.uid())::text);
-- finds: nothing

-- Another bucket's policy, and one for another role, are no help.
alter policy "replace" on storage.objects using (bucket_id = 'invoices');
-- finds: add on storage.objects

drop policy "replace" on storage.objects;
create policy "replace" on storage.objects for update to service_role using (bucket_id = 'avatars');
-- finds: add on storage.objects

create policy "all own" on storage.objects to authenticated using (owner_id = (select auth.uid())::text);
-- finds: nothing

-- Which bucket, this one does not say.
create policy "any" on storage.objects for insert to anon with check (name like 'drop/%');
-- finds: nothing
