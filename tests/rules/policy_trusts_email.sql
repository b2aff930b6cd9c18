create table public.invitation (id int primary key, email text, person uuid);
alter table public.invitation enable row level security;
create policy "mine" on public.invitation for select to authenticated using (auth.email() = email);
-- finds: mine on public.invitation

alter policy "mine" on public.invitation using ((select auth.uid()) = person);
-- finds: nothing

create policy "staff" on public.invitation for update to authenticated
  using (lower((select auth.jwt() ->> 'email')) like '%@example.com');
-- finds: staff on public.invitation

-- That there is one, and a column of this name, is nobody's identity.
alter policy "staff" on public.invitation
  using ((select auth.uid()) = person and email <> '' and (auth.jwt() ->> 'email') is not null);
-- finds: nothing
