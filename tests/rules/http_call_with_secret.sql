create extension pg_net;
-- Read from the vault, the key is not in the text.
create function public.remind() returns void language plpgsql security definer set search_path = '' as $$
declare key text := (select decrypted_secret from vault.decrypted_secrets where name = 'hook');
begin
  perform net.http_post(url := 'https://hook.test', headers := jsonb_build_object('Authorization', 'Bearer ' || key));
end $$;
-- What is a secret, but is sent nowhere, is secret_in_sql's alone.
select vault.create_secret('correct-horse-battery-staple', 'hook');
-- finds: nothing

-- A string like this one is what a key looks like; it is none.
create function public.notify() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  perform net.http_post(url := 'https://hook.test', headers := '{"Authorization": "Bearer 3f9c1e7ab2d84c50a6e1b7f2"}'::jsonb);
  return new;
end $$;
-- finds: line 13

select net.http_get('https://hook.test', headers := '{"X-Webhook-Secret": "3f9c1e7ab2d84c50a6e1b7f2"}'::jsonb);
-- finds: line 13, line 20
