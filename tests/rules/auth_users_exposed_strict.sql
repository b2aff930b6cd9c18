create schema private;
create view private.person as select id, email from auth.users;
create view public.member as select email from private.person;
-- finds: public.member

-- it now asks with the rights of whoever asks, who may not read the view below
alter view public.member set (security_invoker = on);
-- finds: nothing

grant select on private.person to authenticated;
-- finds: public.member

alter view private.person set (security_invoker = on);
-- finds: nothing

-- one that reads the table itself is auth_users_exposed's
create view public.people as select email from auth.users;
-- finds: nothing

create view public.mails as select email from public.people;
-- finds: public.mails

revoke all on public.mails from anon, authenticated;
-- finds: nothing
