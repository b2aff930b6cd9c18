create table public.message (id int primary key, author uuid not null, room int);
alter publication supabase_realtime add table public.message;
-- finds: public.message

alter table public.message enable row level security;
-- finds: nothing

-- Not published, not readable, or taken out again.
create table public.draft (id int primary key);
create table public.closed (id int primary key);
revoke all on public.closed from anon, authenticated;
alter publication supabase_realtime add table public.closed;
create table public.gone (id int primary key);
alter publication supabase_realtime add table public.gone;
alter publication supabase_realtime drop table public.gone;
-- finds: nothing

-- A publication of one's own goes elsewhere.
create publication warehouse for table public.draft;
-- finds: nothing

alter publication supabase_realtime add tables in schema public;
-- finds: public.draft, public.gone

revoke all on public.draft, public.gone from anon, authenticated;
-- finds: nothing
