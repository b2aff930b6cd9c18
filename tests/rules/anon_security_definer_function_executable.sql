create function public.purge(older_than interval, out gone int) language sql security definer set search_path = ''
as 'select 0';
-- finds: public.purge(interval)

revoke execute on function public.purge(interval) from anon;
-- finds: public.purge(interval)

revoke execute on function public.purge(interval) from public;
-- finds: nothing

grant execute on function public.purge(interval) to anon;
-- finds: public.purge(interval)

alter function public.purge(interval) security invoker;
-- finds: nothing

create function public.on_change() returns trigger language plpgsql security definer set search_path = ''
as $$ begin return new; end $$;
-- finds: public.on_change()

create schema private;
alter function public.on_change() set schema private;
-- finds: nothing
