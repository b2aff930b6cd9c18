create table public.blog (id int primary key, open boolean);
alter table public.blog enable row level security;
create policy "service" on public.blog using (auth.role() = 'service_role');
-- finds: service on public.blog

alter policy "service" on public.blog to service_role using (true);
-- finds: service on public.blog

alter policy "service" on public.blog to authenticated using (open);
-- finds: nothing

-- One who is the service role, or something else.
alter policy "service" on public.blog using (open or auth.jwt() ->> 'role' = 'service_role');
-- finds: nothing

alter policy "service" on public.blog using (open and auth.jwt() ->> 'role' = 'service_role');
-- finds: service on public.blog
