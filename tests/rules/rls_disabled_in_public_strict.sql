create table public.event (id int, day date) partition by range (day);
create table public.event_old partition of public.event for values from ('2020-01-01') to ('2021-01-01');
alter table public.event_old enable row level security;
-- finds: public.event

alter table public.event enable row level security;
-- finds: nothing

create table public.inbox (id int primary key, body text);
revoke select on public.inbox from anon, authenticated;
-- finds: public.inbox

revoke insert, update, delete on public.inbox from anon, authenticated;
-- finds: nothing

grant select (id) on public.inbox to anon;
-- finds: public.inbox

alter table public.inbox enable row level security;
-- finds: nothing

-- one that can be read whole is rls_disabled_in_public's
create table public.page (id int primary key);
-- finds: nothing
