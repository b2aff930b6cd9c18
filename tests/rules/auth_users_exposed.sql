create view public.members as select id, email from auth.users;
-- finds: public.members

alter view public.members set (security_invoker = true);
-- finds: nothing

create materialized view public.member_list as select email from auth.users;
-- finds: public.member_list

revoke select on public.member_list from anon;
-- finds: public.member_list

revoke select on public.member_list from authenticated;
-- finds: nothing
