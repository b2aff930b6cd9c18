create table public.blog (id int primary key);
-- finds: nothing

grant all on public.blog to authenticated;
-- finds: line 4

revoke truncate, references, trigger on public.blog from authenticated;
-- finds: nothing

grant select, insert, update, delete on public.blog to anon, authenticated;
grant all on public.blog to service_role;
-- finds: nothing

grant truncate on all tables in schema public to anon;
-- finds: line 14

revoke all on public.blog from anon;
-- finds: nothing

-- Columns cannot be truncated, and a grant on a table that is gone gives nothing.
grant all (id) on public.blog to anon;
create table public.gone (id int);
grant all on public.gone to anon;
drop table public.gone;
-- finds: nothing
