create table public.todo (id int primary key, user_id uuid, team_id int);
create table public.member (team_id int, user_id uuid, primary key (team_id, user_id));
alter table public.todo enable row level security;
-- wrapped once, and once not
create policy "own" on public.todo to authenticated
  using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()) or auth.uid() is null);
-- finds: own on public.todo

alter policy "own" on public.todo with check (user_id = (select auth.uid()));
-- finds: nothing

-- what splinter's text match takes for bare, and is not
alter policy "own" on public.todo using ((select auth.jwt() ->> 'role') = 'admin');
-- finds: nothing

-- what the Advisor finds itself
alter policy "own" on public.todo using (user_id = auth.uid());
-- finds: nothing

alter policy "own" on public.todo using (
  user_id = (select auth.uid()) and team_id in (select m.team_id from public.member m where m.user_id = auth.uid()));
-- finds: own on public.todo

alter policy "own" on public.todo using (
  team_id in (select m.team_id from public.member m where m.user_id = (select auth.uid())));
-- finds: nothing

create policy "own files" on storage.objects for select to authenticated
  using (bucket_id = 'files' and owner_id = auth.uid()::text);
-- finds: "own files" on storage.objects

alter policy "own files" on storage.objects using (bucket_id = 'files' and owner_id = (select auth.uid()::text));
-- finds: nothing
