create schema app;
grant usage on schema app to anon, authenticated;
grant all on schema app to service_role with grant option;
revoke create on schema app from service_role;
revoke usage on schema app from anon;
grant usage on schema app to public;
-- refused: 3F000
grant usage on schema nowhere to anon;
