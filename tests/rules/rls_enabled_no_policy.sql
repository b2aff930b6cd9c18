create table public.blog (id int primary key);
-- finds: nothing

alter table public.blog enable row level security;
-- finds: public.blog

create policy "all" on public.blog for select to authenticated using (true);
-- finds: nothing
