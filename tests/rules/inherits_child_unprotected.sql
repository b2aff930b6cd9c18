create table public.place (id int primary key, owner uuid not null);
alter table public.place enable row level security;
create policy "own" on public.place to authenticated using ((select auth.uid()) = owner);
create table public.city (mayor text) inherits (public.place);
-- finds: public.city

alter table public.city enable row level security;
-- finds: nothing

create table public.village () inherits (public.city);
-- finds: public.village

alter table public.village no inherit public.city;
-- finds: nothing

-- LIKE copies columns, and makes no child.
create table public.town (like public.place);
-- finds: nothing
