-- schema.yaml:
--   version: 1
--   target: {default_grants: exposed}
--   expect:
--     tables:
--       public.blog: {row_security: true}
create table public.blog (id int primary key);
alter table public.blog enable row level security;
-- finds: nothing

do $$
declare verb text := (select case when now() > '2020-01-01' then 'disable' else 'enable' end);
begin
  execute format('alter table public.blog %s row level security', verb);
end $$;
-- finds: public.blog

-- schema.yaml:
--   version: 1
--   target: {default_grants: exposed}
--   access: {public.note: {authenticated: {insert: none}}}
create table public.note (id int primary key);
alter table public.note enable row level security;
-- finds: nothing

-- What this lets through is its own to decide.
create function public.add_note(id int) returns void language plpgsql security definer set search_path = '' as
$$ begin insert into public.note values (id); end $$;
-- finds: public.note

revoke execute on function public.add_note(int) from public, anon, authenticated;
-- finds: nothing
