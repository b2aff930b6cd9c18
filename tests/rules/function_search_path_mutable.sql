create table public.blog (id int primary key);
create function public.total() returns bigint language sql as $$ select count(*) from public.blog $$;
-- finds: public.total()

alter function public.total() set search_path = '';
-- finds: nothing

create or replace function public.total() returns bigint language sql as $$ select count(*) from public.blog $$;
-- finds: public.total()

create or replace function public.total() returns bigint language sql set search_path = public as $$ select 1 $$;
-- finds: nothing
