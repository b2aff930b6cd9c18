-- 0025: a policy that shows every bucket
insert into storage.buckets (id, name, public) values ('a', 'a', true), ('f&g', 'f', true), ('c', 'c', false);
create policy "see" on storage.objects for select to authenticated using (1 = 1);

-- row: WARN public_bucket_allows_listing public_bucket_allows_listing_a
-- row: WARN public_bucket_allows_listing public_bucket_allows_listing_f&amp;g
