-- schema.yaml:
--   version: 1
--   target: {default_grants: exposed}
--   access:
--     public.note: {anon: none, authenticated: {select: own, delete: none}, service_role: all}
create table public.note (id int primary key, author uuid not null, body text);
alter table public.note enable row level security;
create policy "own notes" on public.note for select using ((select auth.uid()) = author);
-- finds: nothing

-- Whoever is signed in gets author and number of every note: the view reads with the rights of its owner.
create view public.authors as select author, count(*) as notes from public.note group by author;
-- finds: public.note, public.note

alter view public.authors set (security_invoker = on);
-- finds: nothing

create policy "deletes" on public.note for delete to authenticated using ((select auth.uid()) = author);
-- finds: public.note

drop policy "deletes" on public.note;
-- finds: nothing
