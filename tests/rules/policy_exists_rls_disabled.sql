create table public.blog (id int primary key, author uuid not null);
alter table public.blog enable row level security;
create policy "own" on public.blog to authenticated using ((select auth.uid()) = author);
-- finds: nothing

alter table public.blog disable row level security;
-- finds: public.blog

drop policy "own" on public.blog;
-- finds: nothing
