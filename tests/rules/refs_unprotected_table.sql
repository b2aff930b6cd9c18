create table public.admin (person uuid primary key);
create table public.report (id int primary key);
alter table public.report enable row level security;
create policy "admins" on public.report for select to authenticated
  using (exists (select from public.admin a where a.person = (select auth.uid())));
-- finds: public.admin

alter table public.admin enable row level security;
-- finds: nothing

-- Who may only read it lets nobody in.
create table public.country (code text primary key, open boolean);
revoke insert, update, delete on public.country from anon, authenticated;
create policy "open countries" on public.report for update to authenticated
  using (exists (select from public.country c where c.code = 'de' and c.open));
-- finds: nothing

-- A foreign key and a policy of its own are no reasons, nor is a policy that nobody asks.
create table public.label (id int primary key, report int references public.report);
create table public.draft (id int primary key);
create policy "labelled" on public.draft using (exists (select from public.label l where l.id = draft.id));
-- finds: nothing

alter table public.draft enable row level security;
-- finds: public.label

drop policy "labelled" on public.draft;
-- finds: nothing
