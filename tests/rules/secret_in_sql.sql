-- A string like this one is what a key looks like; it is none.
select vault.create_secret('correct-horse-battery-staple', 'mail');
-- finds: line 2

create role reporter login password 'rather-not-in-a-file';
-- finds: line 2, line 5

-- The placeholder of a template is no password.
alter role reporter password '[YOUR-PASSWORD]';
-- finds: line 2, line 5

-- postgresql://postgres.abc:S3cretWord@aws-0-eu-west-1.pooler.supabase.com:6543/postgres
-- finds: line 2, line 5, line 12

-- postgresql://postgres:postgres@localhost:54322/postgres is everybody's.
-- finds: line 2, line 5, line 12
