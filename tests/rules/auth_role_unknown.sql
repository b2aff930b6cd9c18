create table public.blog (id int primary key);
alter table public.blog enable row level security;
create policy "admins" on public.blog for select to authenticated using (auth.role() = 'admin');
-- finds: admins on public.blog

alter policy "admins" on public.blog using ((auth.jwt() -> 'app_metadata' ->> 'role') = 'admin');
-- finds: nothing

create policy "users" on public.blog for delete to authenticated using ((auth.jwt() ->> 'role') in ('authenticated', 'service_role'));
-- finds: nothing

-- A role that tokens can be signed for.
create role editor;
create policy "editors" on public.blog for update using (auth.role() = 'editor');
-- finds: nothing

drop role editor;
-- finds: editors on public.blog

alter policy "editors" on public.blog using (auth.role() = 'authenticated');
-- finds: nothing
