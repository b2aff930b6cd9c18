create table public.todo (id int primary key, user_id uuid not null, title text);
alter table public.todo enable row level security;
create policy "own" on public.todo to authenticated using ((select auth.uid()) = user_id);
-- finds: public.todo

create index on public.todo (title, user_id);
-- finds: public.todo

create index on public.todo (user_id, title);
-- finds: nothing

-- a foreign key without an index is unindexed_foreign_keys'
create table public.note (id int primary key, user_id uuid references auth.users, body text, public boolean);
alter table public.note enable row level security;
create policy "own" on public.note to authenticated using ((select auth.uid()) = user_id);
-- finds: nothing

-- an index on one side of an OR does not spare the other
alter table public.note add column team_id int;
create policy "team" on public.note to authenticated
  using (public or team_id in (select (jsonb_array_elements_text((select auth.jwt()) -> 'teams'))::int));
-- finds: nothing

alter policy "team" on public.note
  using (team_id in (select (jsonb_array_elements_text((select auth.jwt()) -> 'teams'))::int));
-- finds: public.note

create index on public.note (team_id);
-- finds: nothing
