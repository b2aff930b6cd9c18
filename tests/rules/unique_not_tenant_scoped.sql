create table public.member (tenant_id int, person uuid);
create table public.customer (id uuid primary key default gen_random_uuid(), tenant_id int not null, email text, constraint one_email unique (email));
alter table public.customer enable row level security;
create policy "own tenant" on public.customer to authenticated
  using (tenant_id in (select m.tenant_id from public.member m where m.person = (select auth.uid())));
-- finds: public.one_email

alter table public.customer drop constraint one_email;
create unique index one_email on public.customer (tenant_id, email);
-- finds: nothing

-- Tokens, and numbers that count up, tell nothing.
create table public.invitation (id bigint generated always as identity primary key, tenant_id int not null, token text unique);
alter table public.invitation enable row level security;
create policy "own tenant" on public.invitation to authenticated
  using (tenant_id in (select m.tenant_id from public.member m where m.person = (select auth.uid())));
-- finds: nothing

-- No tenants, no policies that know them, or nobody who writes.
create table public.profile (id uuid primary key, nick text unique);
alter table public.profile enable row level security;
create policy "own" on public.profile to authenticated using ((select auth.uid()) = id);
create table public.plan (id uuid primary key, tenant_id int, name text unique);
alter table public.plan enable row level security;
create policy "read" on public.plan for select to authenticated using (true);
create unique index one_customer on public.customer (lower(email));
-- finds: nothing

create unique index one_mail on public.customer (email);
-- finds: public.one_mail

revoke insert, update on public.customer from anon, authenticated;
-- finds: nothing
