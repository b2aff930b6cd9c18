create table public.member (tenant int not null, person uuid not null);
create table public.invoice (id int primary key, tenant int);
alter table public.invoice enable row level security;
create policy tenant on public.invoice for select to authenticated
  using (tenant = (select m.tenant from public.member m where m.person = (select auth.uid())));
-- finds: tenant on public.invoice

create unique index one_tenant on public.member (person);
-- finds: nothing

drop index public.one_tenant;
create unique index some_tenant on public.member (person) where tenant > 0;
-- finds: tenant on public.invoice

alter policy tenant on public.invoice
  using (tenant in (select m.tenant from public.member m where m.person = (select auth.uid())));
-- finds: nothing

-- One row by itself, or all columns of a key.
alter policy tenant on public.invoice
  using (tenant = (select max(m.tenant) from public.member m where m.person = (select auth.uid())));
create policy first on public.invoice for delete to authenticated
  using (tenant = (select m.tenant from public.member m where m.person = (select auth.uid()) limit 1));
create unique index pairs on public.member (tenant, person);
create policy pair on public.invoice for update to authenticated
  using (id = (select m.tenant from public.member m where m.tenant = invoice.tenant and m.person = (select auth.uid())));
create policy who on public.invoice for insert to authenticated with check ((select auth.uid()) is not null);
-- finds: nothing
