create extension postgres_fdw with schema extensions;
create server warehouse foreign data wrapper postgres_fdw options (dbname 'warehouse');
create foreign table public.stock (id int, count int) server warehouse options (table_name 'stock');
-- finds: public.stock

revoke select on public.stock from anon, authenticated;
-- finds: nothing

create schema private;
create foreign table private.price (id int, price numeric) server warehouse options (table_name 'price');
grant select on private.price to authenticated;
-- finds: nothing
