create table public.page (id int primary key, title text);
alter table public.page enable row level security;
create policy "public" on public.page for select using (true);
-- finds: public on public.page

alter policy "public" on public.page using (title is not null);
-- finds: nothing

create policy "write" on public.page for update to authenticated using (not false) with check (id = 1 or true);
-- finds: write on public.page

-- what the Advisor finds itself
alter policy "write" on public.page using (true) with check (true);
-- finds: nothing

alter policy "write" on public.page using (auth.role() = 'authenticated') with check (title <> '');
-- finds: nothing

create table public.todo (id int primary key, user_id uuid);
alter table public.todo enable row level security;
create policy "all" on public.todo for select to authenticated using (true);
-- finds: "all" on public.todo

drop policy "all" on public.todo;
create table public.log (day date) partition by range (day);
alter table public.log enable row level security;
create policy "add" on public.log for insert to authenticated with check (true);
-- finds: add on public.log
