create table public.device (id int primary key, name text, "Access-Token" text);
-- finds: public.device

alter table public.device enable row level security;
-- finds: nothing

create table public.member (id int primary key, password_hash text);
-- finds: nothing

alter table public.member rename password_hash to password;
-- finds: public.member

revoke select on public.member from anon, authenticated;
-- finds: nothing

-- a column that is granted by itself is not a table that is
grant select (password) on public.member to anon;
-- finds: nothing
