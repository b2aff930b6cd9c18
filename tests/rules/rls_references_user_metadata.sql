create table public.note (id int primary key, team text);
alter table public.note enable row level security;
create policy "own team" on public.note for select to authenticated
  using (team = (select auth.jwt() -> 'user_metadata' ->> 'team'));
-- finds: "own team" on public.note

alter policy "own team" on public.note
  using (team = (current_setting('request.jwt.claims', true)::json -> 'user_metadata' ->> 'team'));
-- finds: "own team" on public.note

-- what service_role alone writes
alter policy "own team" on public.note using (team = (select auth.jwt() -> 'app_metadata' ->> 'team'));
-- finds: nothing

-- both are there, the other way round: nothing is read from the token
alter policy "own team" on public.note using ('user_metadata' <> team and auth.jwt() is not null);
-- finds: nothing

alter policy "own team" on public.note using (true);
create policy "make" on public.note for insert to authenticated
  with check (coalesce(auth.jwt() #>> '{user_metadata,admin}', 'no') = 'yes');
-- finds: make on public.note

-- it is found whether row level security is on or not
alter table public.note disable row level security;
-- finds: make on public.note
