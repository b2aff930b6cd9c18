create table public.blog (id int primary key, author uuid not null, open boolean);
alter table public.blog enable row level security;
create policy "open" on public.blog as restrictive to authenticated using (open);
-- finds: public.blog

create policy "own" on public.blog to authenticated using ((select auth.uid()) = author);
-- finds: nothing

-- Without any policy it is another rule's; where false is said, keeping everybody out is meant.
create table public.draft (id int primary key);
alter table public.draft enable row level security;
create table public.secret (id int primary key);
alter table public.secret enable row level security;
create policy "nobody" on public.secret as restrictive using (false) with check (false);
-- finds: nothing

-- What nobody asks takes nothing away.
create table public.note (id int primary key, open boolean);
create policy "open" on public.note as restrictive using (open);
-- finds: nothing

-- A loop may have made a policy that is not known.
alter table public.note enable row level security;
do $$ begin execute (select string_agg(text, ';') from public.statements); end $$;
-- finds: nothing
