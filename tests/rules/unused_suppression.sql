-- pasteproof: ignore no_primary_key (it is a log)
create table public.log (line text);
-- finds: nothing

-- pasteproof: ignore no_primary_key (it is a log, too)
create table public.other_log (id int primary key, line text);
-- finds: line 5

-- pasteproof: ignore no_primary_key
create table public.third_log (line text);
-- finds: line 5, line 9

-- pasteproof: ignore no_primary_kee (a slip)
create table public.fourth_log (line text);
-- finds: line 5, line 9, line 13
