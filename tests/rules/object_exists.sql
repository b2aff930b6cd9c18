create table public.blog (id int primary key);
-- finds: nothing

create table public.blog (id bigint primary key);
-- finds: line 4

create table if not exists public.blog (id int primary key);
-- finds: line 4

alter table public.blog add column id int;
-- finds: line 4, line 10
