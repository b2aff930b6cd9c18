-- case: event triggers
-- as: supabase_admin
create function public.on_ddl() returns event_trigger language plpgsql as 'begin end';
create event trigger e on ddl_command_end when tag in ('CREATE TABLE', 'DROP TABLE') execute function public.on_ddl();
-- refused: 42710
create event trigger e on sql_drop execute function public.on_ddl();
alter event trigger e disable;
alter event trigger e enable always;
alter event trigger e rename to e2;
alter event trigger e2 owner to supabase_admin;
comment on event trigger e2 is 'watches';
-- refused: 2BP01
drop function public.on_ddl();
drop event trigger if exists e;
-- refused: 42704
drop event trigger e;
drop event trigger e2;
create event trigger e3 on sql_drop execute procedure public.on_ddl();
drop function public.on_ddl() cascade;
