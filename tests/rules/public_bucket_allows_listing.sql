insert into storage.buckets (id, name, public) values ('avatars', 'avatars', true), ('papers', 'papers', false);
create policy "everybody sees avatars" on storage.objects for select using (bucket_id = 'avatars');
create policy "everybody sees papers" on storage.objects for select to authenticated using (bucket_id = 'papers');
-- finds: avatars

-- one's own folder alone
alter policy "everybody sees avatars" on storage.objects
  using (bucket_id = 'avatars' and (storage.foldername(name))[1] = (select auth.uid()::text));
-- finds: nothing

update storage.buckets set public = true where id = 'papers';
-- finds: papers

drop policy "everybody sees papers" on storage.objects;
-- finds: nothing

create policy "everything" on storage.objects for all to authenticated using (true);
-- finds: avatars, papers

alter policy "everything" on storage.objects to service_role;
-- finds: nothing
