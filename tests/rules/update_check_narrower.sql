create table public.blog (id int primary key, author uuid not null, title text, open boolean);
alter table public.blog enable row level security;
create policy edit_own on public.blog for update to authenticated
  using ((select auth.uid()) = author) with check (title <> '');
-- finds: edit_own on public.blog

alter policy edit_own on public.blog with check ((select auth.uid()) = author and title <> '');
-- finds: nothing

-- Without WITH CHECK it is USING that is asked; true is rls_policy_always_true; storage writes the owner itself.
create policy "own" on public.blog to authenticated using (author = (select auth.uid()));
create policy "any" on public.blog for update to authenticated using (author = (select auth.uid())) with check (true);
create policy "avatars" on storage.objects for update to authenticated
  using ((select auth.uid()) = owner) with check (bucket_id = 'avatars');
-- finds: nothing

drop policy "any" on public.blog;
create policy open on public.blog to authenticated using (author = (select auth.uid())) with check (open);
-- finds: open on public.blog

-- A restrictive policy asks for it, or the column cannot be written.
create policy "stays" on public.blog as restrictive for update to authenticated
  using (true) with check (author = (select auth.uid()));
-- finds: nothing

drop policy "stays" on public.blog;
revoke update on public.blog from authenticated;
grant update (title, open) on public.blog to authenticated;
-- finds: nothing
