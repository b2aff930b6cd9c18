-- 0025: public buckets, and policies for reading that say no more than which bucket
insert into storage.buckets (id, name, public) values
  ('a', 'a', true), ('b', 'b', true), ('c', 'c', false), ('d''e', 'd', true), ('f&g', 'f', true), ('h', 'h', true),
  ('i', 'i', true), ('j', 'j', true), ('k', 'k', true), ('l', 'l', true), ('m', 'm', true);
update storage.buckets set public = false where id = 'm';
create policy pa on storage.objects for select using (bucket_id = 'a');
create policy pa2 on storage.objects for select to authenticated using ((((bucket_id = 'a'::text))));
create policy pb on storage.objects for select to service_role using (bucket_id = 'b');
create policy pc on storage.objects for select using (bucket_id = 'c');
create policy pd on storage.objects for select to anon using (storage.objects.bucket_id = 'd''e');
create policy pf on storage.objects for select to anon using (bucket_id = 'f&g');
create policy ph on storage.objects for insert with check (bucket_id = 'h');
create policy pi on storage.objects for all to authenticated using (bucket_id in ('i')) with check (false);
create policy pj on storage.objects for select using (bucket_id = any (array['j']));
create policy pk on storage.objects as restrictive for select using (bucket_id = 'k');
create policy pl on storage.objects for select using ('l' = bucket_id);
create policy pm on storage.objects for select using (bucket_id = 'm');
create policy pn on storage.objects for select using (bucket_id = 'b'::varchar);
create policy po on storage.objects for select using (bucket_id = 'b' and true);

-- row: WARN public_bucket_allows_listing public_bucket_allows_listing_a
-- row: WARN public_bucket_allows_listing public_bucket_allows_listing_d'e
-- row: WARN public_bucket_allows_listing public_bucket_allows_listing_i
