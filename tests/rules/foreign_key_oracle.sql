create table public.trip (id bigint generated always as identity primary key, owner uuid not null);
alter table public.trip enable row level security;
create policy "own" on public.trip to authenticated using ((select auth.uid()) = owner);
create table public.booking (id bigint generated always as identity primary key, owner uuid not null, trip bigint references public.trip);
alter table public.booking enable row level security;
create policy "own" on public.booking to authenticated using ((select auth.uid()) = owner);
-- finds: booking_trip_fkey on public.booking

alter policy "own" on public.booking with check (
  (select auth.uid()) = owner and exists (select from public.trip t where t.id = booking.trip));
-- finds: nothing

-- Everybody may see what is pointed at, or the key cannot be guessed, or nobody may write it.
create table public.country (code text primary key);
alter table public.country enable row level security;
create policy "read" on public.country for select to authenticated using (true);
create table public.album (id uuid primary key default gen_random_uuid(), owner uuid not null);
alter table public.album enable row level security;
create policy "own" on public.album to authenticated using ((select auth.uid()) = owner);
create table public.visit (id int primary key, owner uuid not null, country text references public.country, album uuid references public.album);
alter table public.visit enable row level security;
create policy "own" on public.visit to authenticated using ((select auth.uid()) = owner);
create table public.invoice (id int primary key, trip bigint references public.trip);
alter table public.invoice enable row level security;
create policy "read" on public.invoice for select to authenticated using (trip > 0);
-- finds: nothing

-- What a function of the project's decides is not known here.
create function public.may_note(t bigint) returns boolean language sql stable set search_path = '' as $$ select t > 0 $$;
create table public.note (id int primary key, trip bigint references public.trip, size int);
alter table public.note enable row level security;
create policy "add" on public.note for insert to authenticated with check (public.may_note(size));
-- finds: nothing

alter policy "add" on public.note with check (size < 10);
-- finds: note_trip_fkey on public.note

revoke insert on public.note from anon, authenticated;
-- finds: nothing
