create table public.blog (id int primary key, author uuid not null);
alter table public.blog enable row level security;
-- Reading everything is often meant.
create policy "read" on public.blog for select to anon using (true);
-- finds: nothing

create policy "write" on public.blog for update to authenticated using (true);
-- finds: write on public.blog

alter policy "write" on public.blog using ((select auth.uid()) = author);
-- finds: nothing

create policy "add" on public.blog for insert to authenticated with check ( 1=1 );
-- finds: add on public.blog

-- service_role bypasses row level security anyway.
alter policy "add" on public.blog to service_role;
-- finds: nothing

create policy "anything" on public.blog using (TRUE);
-- finds: anything on public.blog

-- Without row level security it is another rule's matter.
alter table public.blog disable row level security;
-- finds: nothing
