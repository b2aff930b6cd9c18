create table public.event (id int, at date not null, who uuid not null, primary key (id, at)) partition by range (at);
alter table public.event enable row level security;
create policy "own" on public.event to authenticated using ((select auth.uid()) = who);
create table public.event_2026 partition of public.event for values from ('2026-01-01') to ('2027-01-01');
-- finds: public.event_2026

alter table public.event_2026 enable row level security;
-- finds: nothing

-- Attached later it is a partition as well.
create table public.event_2027 (id int, at date not null, who uuid not null, primary key (id, at));
alter table public.event attach partition public.event_2027 for values from ('2027-01-01') to ('2028-01-01');
-- finds: public.event_2027

revoke all on public.event_2027 from anon, authenticated;
-- finds: nothing

-- The API does not serve a schema of its own for partitions.
create schema parts;
create table parts.event_2028 partition of public.event for values from ('2028-01-01') to ('2029-01-01');
grant select on parts.event_2028 to authenticated;
-- finds: nothing

-- A table without policies has none to step past: that is rls_disabled_in_public.
create table public.log (id int, at date not null) partition by range (at);
create table public.log_2026 partition of public.log for values from ('2026-01-01') to ('2027-01-01');
-- finds: nothing

-- Nor is a partition of a partition safe.
create table public.event_2030 partition of public.event for values from ('2030-01-01') to ('2031-01-01')
  partition by range (at);
alter table public.event_2030 enable row level security;
create table public.event_2030_1 partition of public.event_2030 for values from ('2030-01-01') to ('2030-07-01');
-- finds: public.event_2030_1

alter table public.event detach partition public.event_2030;
alter table public.event_2030 disable row level security;
-- finds: nothing

-- schema.yaml:
--   version: 1
--   target: {default_grants: exposed, exposed: [public, "My Api"]}
create schema "My Api";
grant usage on schema "My Api" to anon;
create table "My Api".step (id int primary key) partition by range (id);
alter table "My Api".step enable row level security;
create table "My Api".step_1 partition of "My Api".step for values from (1) to (10);
grant select on "My Api".step_1 to anon;
-- finds: "My Api".step_1
