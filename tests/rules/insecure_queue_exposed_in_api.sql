-- schema.yaml:
--   version: 1
--   target: {default_grants: exposed, exposed: [public, pgmq_public]}
create schema pgmq;
create table pgmq.q_mail (msg_id bigint primary key, message jsonb);
-- finds: nothing

-- what "expose queues" in the Dashboard does
grant all on all tables in schema pgmq to anon, authenticated, service_role;
-- finds: pgmq.q_mail

alter table pgmq.q_mail enable row level security;
-- finds: nothing

create table pgmq.a_mail (msg_id bigint primary key, message jsonb);
grant all on all tables in schema pgmq to anon, authenticated, service_role;
-- finds: nothing

alter table pgmq.q_mail disable row level security;
-- schema.yaml:
--   version: 1
--   target: {default_grants: exposed, exposed: [public]}
-- finds: nothing
