create table public.member (team int not null, person uuid not null, primary key (team, person));
alter table public.member enable row level security;
create policy "own teams" on public.member for select to authenticated
  using (team in (select m.team from public.member m where m.person = (select auth.uid())));
-- finds: public.member

create schema internal;
create function internal.my_teams() returns setof int language sql stable security definer set search_path = '' as
$$ select m.team from public.member m where m.person = (select auth.uid()) $$;
grant usage on schema internal to authenticated;
alter policy "own teams" on public.member using (team in (select internal.my_teams()));
-- finds: nothing

-- Two tables that ask each other.
create table public.team (id int primary key, owner uuid not null);
alter table public.team enable row level security;
create policy "mine" on public.team for select to authenticated
  using (id in (select m.team from public.member m where m.person = (select auth.uid())));
-- finds: nothing

create policy "of my teams" on public.member for select to authenticated
  using (team in (select t.id from public.team t where t.owner = (select auth.uid())));
-- finds: public.member

drop policy "of my teams" on public.member;
-- To write, one may read the table itself.
create policy "join" on public.member for insert to authenticated
  with check (team in (select m.team from public.member m where m.person = (select auth.uid())));
-- finds: nothing
