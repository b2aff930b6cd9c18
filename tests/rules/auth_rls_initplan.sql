create table public.blog (id int primary key, author uuid not null);
alter table public.blog enable row level security;
create policy "own" on public.blog to authenticated using (auth.uid() = author);
-- finds: own on public.blog

alter policy "own" on public.blog using ((select auth.uid()) = author);
-- finds: nothing

alter policy "own" on public.blog with check ((select auth.uid()) = author and current_setting('app.open') = 'yes');
-- finds: own on public.blog

-- As in the Advisor: wrapped together with an operator does not count as wrapped.
alter policy "own" on public.blog with check ((select auth.jwt() ->> 'email') = 'me@example.com');
-- finds: own on public.blog

alter policy "own" on public.blog with check ((select auth.jwt()) ->> 'email' = 'me@example.com');
-- finds: nothing
