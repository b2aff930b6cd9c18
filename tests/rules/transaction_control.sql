create table public.blog (id int primary key);
-- finds: nothing

begin;
create table public.author (id int primary key);
-- finds: line 4

commit;
-- finds: line 4
