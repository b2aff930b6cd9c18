create table public.member (team_id int, person uuid);
create table public.task (id int primary key, team_id int);
alter table public.task enable row level security;
create policy "team" on public.task for select to authenticated
  using (exists (select from public.member where person = (select auth.uid()) and team_id = team_id));
-- finds: team on public.task

alter policy "team" on public.task
  using (exists (select from public.member m where m.person = (select auth.uid()) and m.team_id = task.team_id));
-- finds: nothing

-- A name that the inner table does not have is the row's.
create table public.note (id int primary key, task int);
alter table public.note enable row level security;
create policy "task" on public.note for select to authenticated
  using (exists (select from public.member m join public.task t on t.team_id = m.team_id where t.id = task));
-- finds: nothing

create policy "same" on public.note for delete to authenticated
  using (exists (select from public.task t where t.id = id));
-- finds: same on public.note

drop policy "same" on public.note;
create policy "in" on public.note for delete to authenticated using (task in (select id from public.task));
-- finds: nothing
