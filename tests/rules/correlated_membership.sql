create table public.member (team_id int, user_id uuid, primary key (team_id, user_id));
create table public.todo (id int primary key, team_id int);
alter table public.todo enable row level security;
create policy "team" on public.todo to authenticated
  using ((select auth.uid()) in (select user_id from public.member where member.team_id = todo.team_id));
-- finds: team on public.todo

alter policy "team" on public.todo
  using (team_id in (select team_id from public.member where user_id = (select auth.uid())));
-- finds: nothing

-- the name without a table is the inner table's, and the sub-select reads no row of the outer one
alter policy "team" on public.todo
  using ((select auth.uid()) in (select user_id from public.member where team_id = member.team_id));
-- finds: nothing

-- and here the outer one's, for the inner one has no such column
alter table public.member rename column team_id to team;
alter policy "team" on public.todo
  using ((select auth.uid()) in (select user_id from public.member where team = team_id));
-- finds: team on public.todo
