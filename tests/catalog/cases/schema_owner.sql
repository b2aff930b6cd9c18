create role joe;
grant joe to postgres;
create schema app;
grant usage on schema app to anon, joe;
alter schema app owner to joe;
