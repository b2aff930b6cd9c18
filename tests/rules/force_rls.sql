create role shop login;
grant create on schema public to shop;
create table public.stock (id int primary key, shop text not null);
alter table public.stock enable row level security;
alter table public.stock owner to shop;
-- finds: public.stock

alter table public.stock force row level security;
-- finds: nothing

-- postgres bypasses row level security, forced or not; so does a role that says so.
create table public.blog (id int primary key);
alter table public.blog enable row level security;
create role robot login bypassrls;
grant create on schema public to robot;
create table public.task (id int primary key);
alter table public.task enable row level security;
alter table public.task owner to robot;
-- finds: nothing

-- A role that nobody works as.
create role keeper;
grant create on schema public to keeper;
alter table public.stock no force row level security;
alter table public.stock owner to keeper;
-- finds: nothing

-- Whoever is signed in works as it, by membership.
grant keeper to authenticated;
-- finds: public.stock
