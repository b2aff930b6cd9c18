create table public.todo (id int primary key, user_id uuid not null, email varchar(200));
create index on public.todo (user_id);
alter table public.todo enable row level security;
create policy "own" on public.todo to authenticated using (user_id::text = (select auth.uid())::text);
-- finds: own on public.todo

alter policy "own" on public.todo using (user_id = (select auth.uid()));
-- finds: nothing

alter policy "own" on public.todo using (lower(email) = (select auth.jwt()) ->> 'email');
-- finds: own on public.todo

create index on public.todo (lower(email));
-- finds: nothing

-- a cast between text types changes nothing
alter policy "own" on public.todo using (email::text = (select auth.jwt()) ->> 'email');
-- finds: nothing
