create table public.blog (id int primary key, author uuid not null);
alter table public.blog enable row level security;
create policy boss on public.blog to authenticated using ((select auth.uid()) = '7f1f6c0e-6f0a-4a5c-9d0b-2f3c5f6a7b8c');
-- finds: boss on public.blog

alter policy boss on public.blog using ((select auth.uid()) = author);
-- finds: nothing

alter policy boss on public.blog using (auth.jwt() ->> 'sub' in ('7f1f6c0e-6f0a-4a5c-9d0b-2f3c5f6a7b8c', 'x'));
-- finds: boss on public.blog

-- Nobody, and a row's own constant.
alter policy boss on public.blog using (auth.uid() = '00000000-0000-0000-0000-000000000000' or id = 7);
-- finds: nothing
