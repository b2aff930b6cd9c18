create table public.todo (id int primary key, user_id uuid);
create function public.is_admin() returns boolean language sql stable security definer set search_path = ''
as $$ select coalesce(auth.jwt() ->> 'role' = 'admin', false) $$;
alter table public.todo enable row level security;
create policy "admins" on public.todo to authenticated using (public.is_admin());
-- finds: admins on public.todo

alter policy "admins" on public.todo using ((select public.is_admin()));
-- finds: nothing

-- what depends on the row cannot be asked once
create function public.can_see(who uuid) returns boolean language sql stable security definer set search_path = ''
as $$ select true $$;
alter policy "admins" on public.todo using (public.can_see(user_id));
-- finds: nothing

alter policy "admins" on public.todo using (public.can_see((select auth.uid())));
-- finds: admins on public.todo

-- it may give something else for each row
alter function public.can_see(uuid) volatile;
-- finds: nothing
