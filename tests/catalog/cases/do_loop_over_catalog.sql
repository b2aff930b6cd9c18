create schema app;
create table app.a (id int);
create table app.b (id int);
create table outside (id int);
do $$
declare
  r record;
begin
  for r in select schemaname, tablename from pg_tables where schemaname = 'app' loop
    execute format('alter table %I.%I enable row level security', r.schemaname, r.tablename);
    execute format('revoke all on %I.%I from anon', r.schemaname, r.tablename);
  end loop;
end $$;
