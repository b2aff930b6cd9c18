-- schema.yaml: exposed: [public, api, pgmq_public]
-- 0010, 0013, 0019, 0023, 0028, 0029: another schema that the API serves
create schema api;
create table api.t (id int, token text);
grant all on all tables in schema api to anon;
create function api.f() returns int language sql security definer as 'select 1';
create view api.v as select 1 as one;
grant select on api.v to authenticated;
create schema other;
create table other.t (id int primary key);
grant select on other.t to anon;
create schema pgmq;
create table pgmq.q_mail (id int primary key);
create table pgmq.q (id int primary key);
create table pgmq.qx (id int primary key);
create table pgmq.a_mail (id int primary key);
create table pgmq.q_safe (id int primary key);
alter table pgmq.q_safe enable row level security;
grant all on all tables in schema pgmq to anon;

-- row: ERROR insecure_queue_exposed_in_api rls_disabled_in_public_pgmq_q_mail
-- row: ERROR insecure_queue_exposed_in_api rls_disabled_in_public_pgmq_qx
-- row: ERROR rls_disabled_in_public rls_disabled_in_public_api_t
-- row: ERROR security_definer_view security_definer_view_api_v
-- row: ERROR sensitive_columns_exposed sensitive_columns_exposed_api_t
-- row: INFO no_primary_key no_primary_key_api_t
-- row: WARN anon_security_definer_function_executable anon_security_definer_function_executable_api_f_
-- row: WARN authenticated_security_definer_function_executable authenticated_security_definer_function_executable_api_f_
-- row: WARN function_search_path_mutable function_search_path_mutable_api_f_95adb6e77a0884d9e50232cb8c5c969d
