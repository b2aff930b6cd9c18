create table notes (id int primary key, owner uuid, body text, open boolean);
create policy "read own" on notes for select to authenticated using ((select auth.uid()) = owner);
create policy insert_own on notes for insert to authenticated, anon with check (auth.uid() = owner);
create policy change on public.notes for update to authenticated using (auth.uid() = owner) with check (auth.uid() = owner and open);
create policy gone on notes for delete using (false);
create policy everything on notes using (true);
