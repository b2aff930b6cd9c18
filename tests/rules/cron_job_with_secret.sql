create extension pg_cron;
create extension pg_net;
-- A string like this one is what a key looks like; it is none.
select cron.schedule('mail', '0 8 * * *', $$
  select net.http_post(url := 'https://mail.test/send', headers := '{"Authorization": "Bearer 3f9c1e7ab2d84c50a6e1b7f2"}'::jsonb)
$$);
-- finds: line 4

select cron.unschedule('mail');
-- finds: nothing

select cron.schedule('mail', '0 8 * * *', $$
  select net.http_post(url := 'https://mail.test/send', headers := jsonb_build_object('Authorization', 'Bearer ' ||
    (select decrypted_secret from vault.decrypted_secrets where name = 'mail')))
$$);
select cron.schedule('tidy', '0 3 * * *', 'delete from public.log where at < now() - interval ''1 month''');
-- finds: nothing

-- What stands for a key is none, nor is the public one.
select cron.schedule('hello', '0 8 * * *', $$
  select net.http_post(url := 'https://hello.test', headers := '{"Authorization": "Bearer YOUR_SERVICE_ROLE_KEY_1234"}'::jsonb)
$$);
select cron.schedule('public', '0 8 * * *', $$
  select net.http_post(url := 'https://hello.test', headers := '{"apikey": "sb_publishable_0a1b2c3d4e5f6a7b8c9d"}'::jsonb)
$$);
-- finds: nothing

select cron.schedule('key', '0 8 * * *', $$
  select net.http_post(url := 'https://hello.test', headers := '{"x-api-key": "0a1b2c3d4e5f6a7b8c9d0e1f"}'::jsonb)
$$);
-- finds: line 28
