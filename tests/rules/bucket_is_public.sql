insert into storage.buckets (id, name, public) values ('avatars', 'avatars', true), ('receipts', 'receipts', false);
-- finds: avatars

update storage.buckets set public = false where id = 'avatars';
-- finds: nothing

-- What the bucket is, ON CONFLICT may say.
insert into storage.buckets (id, name, public) values ('receipts', 'receipts', true)
  on conflict (id) do update set public = excluded.public;
-- finds: receipts

create policy "own receipts" on storage.objects for select to authenticated
  using (bucket_id = 'receipts' and owner_id = (select auth.uid())::text);
-- finds: receipts

insert into storage.buckets (id, name, public) values ('receipts', 'receipts', false)
  on conflict (id) do update set public = false;
-- finds: nothing

-- What is not said is no.
insert into storage.buckets (id, name) values ('notes', 'notes');
-- finds: nothing
