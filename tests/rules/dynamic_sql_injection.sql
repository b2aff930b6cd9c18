create table public.blog (id int primary key);
create function public.count_of(what text) returns bigint language plpgsql security definer set search_path = '' as $$
declare n bigint;
begin
  execute 'select count(*) from public.' || what into n;
  return n;
end $$;
-- finds: public.count_of(text)

create or replace function public.count_of(what text) returns bigint language plpgsql security definer set search_path = '' as $$
declare n bigint;
begin
  execute format('select count(*) from public.%I', what) into n;
  return n;
end $$;
-- finds: nothing

create function public.titled(title text) returns setof int language plpgsql set search_path = '' as $$
begin
  return query execute format('select id from public.blog where %2$I = ''%1$s''', title, 'title');
end $$;
-- finds: public.titled(text)

revoke execute on function public.titled(text) from public, anon, authenticated;
-- finds: nothing

-- Quoted, given with USING, a number, or not from the caller.
create function public.fine(word text, n int) returns void language plpgsql set search_path = '' as $$
declare kind text := 'blog';
begin
  execute 'select 1 where $1 = ' || quote_literal(word) using word;
  execute 'select 1 limit ' || n;
  execute 'select 1 from public.' || kind;
  execute format('select %L, %s', word, n);
end $$;
-- finds: nothing
