create table notes (id int, tenant text);
create policy only_tenant on notes as restrictive for all to authenticated
  using (tenant = (auth.jwt() ->> 'tenant'));
create policy both on notes as permissive to service_role, authenticated using (true) with check (id > 0);
