create function public.close_account(who uuid) returns void language sql set search_path = '' as $$ select null::void $$;
revoke execute on function public.close_account(uuid) from anon;
-- finds: public.close_account(uuid)

revoke execute on function public.close_account(uuid) from public;
-- finds: nothing

-- PUBLIC goes along at once; a trigger's function is called by nobody; a grant is no revoke.
create function public.count_rows() returns int language sql set search_path = '' as $$ select 1 $$;
revoke all on function public.count_rows() from public, anon;
create function public.on_change() returns trigger language plpgsql set search_path = '' as $$ begin return new; end $$;
revoke execute on function public.on_change() from anon;
grant execute on function public.count_rows() to authenticated;
revoke execute on function public.count_rows() from service_role;
-- finds: nothing

create function public.one() returns int language sql set search_path = '' as $$ select 1 $$;
revoke execute on all functions in schema public from anon, authenticated;
-- finds: public.one()

drop function public.one();
-- finds: nothing
