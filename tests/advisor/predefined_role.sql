-- 0013: a role that may read everything (PostgreSQL 15: later ones refuse postgres this GRANT)
create table public.reads_all (id int);
revoke all on public.reads_all from anon, authenticated;
grant pg_read_all_data to authenticated;

-- row: ERROR rls_disabled_in_public rls_disabled_in_public_public_reads_all
-- row: INFO no_primary_key no_primary_key_public_reads_all
