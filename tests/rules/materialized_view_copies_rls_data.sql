create table public.blog (id int primary key, author uuid not null);
alter table public.blog enable row level security;
create materialized view public.authors as select author, count(*) as posts from public.blog group by author;
-- finds: public.authors

revoke all on public.authors from public, anon, authenticated;
-- finds: nothing

-- What anybody may read can be copied.
create table public.country (code text primary key);
create materialized view public.codes as select code from public.country;
create schema internal;
create materialized view internal.ids as select id from public.blog;
-- finds: nothing

-- Through a view that asks as whoever asks: here, whoever refreshes.
create view public.ids with (security_invoker = on) as select id from public.blog;
create materialized view public.numbers as select id from public.ids;
-- finds: public.numbers

drop materialized view public.numbers;
-- finds: nothing
