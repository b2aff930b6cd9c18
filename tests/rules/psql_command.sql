create table public.blog (id int primary key);
-- finds: nothing

\d public.blog
-- finds: line 4

\echo done
-- finds: line 4, line 7
