create table public.profile (id uuid primary key, name text, email text);
alter table public.profile enable row level security;
revoke select (email) on public.profile from anon;
-- finds: public.profile

revoke select on public.profile from anon;
grant select (id, name) on public.profile to anon;
-- finds: nothing

revoke update (email), insert (email) on public.profile from authenticated;
-- finds: public.profile

revoke insert, update on public.profile from authenticated;
grant update (name) on public.profile to authenticated;
-- finds: nothing

-- What was granted on a column is taken back there.
revoke update (name) on public.profile from authenticated;
-- finds: nothing

-- PUBLIC has it, so everybody keeps it, anon too.
grant select on public.profile to public;
revoke select (email) on public.profile from public;
-- finds: public.profile, public.profile

revoke select on public.profile from public;
revoke select on public.profile from authenticated;
-- finds: nothing
