-- schema.yaml: exposed: [public, pgmq_public]
-- 0019: queues that pgmq makes
create extension pgmq;
select pgmq.create('mail');
select pgmq.create('safe');
select pgmq.create_unlogged('fast');
select pgmq.create('gone');
select pgmq.drop_queue('gone');
alter table pgmq.q_safe enable row level security;
grant all on all tables in schema pgmq to anon, authenticated;

-- row: ERROR insecure_queue_exposed_in_api rls_disabled_in_public_pgmq_q_fast
-- row: ERROR insecure_queue_exposed_in_api rls_disabled_in_public_pgmq_q_mail
