create table public.sale (id int primary key, amount numeric);
create materialized view public.total as select sum(amount) as amount from public.sale;
-- finds: public.total

revoke all on public.total from anon, authenticated;
-- finds: nothing

grant select on public.total to authenticated;
-- finds: public.total

create schema private;
alter materialized view public.total set schema private;
-- finds: nothing
