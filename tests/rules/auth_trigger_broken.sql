create table public.profile (id uuid primary key references auth.users on delete cascade, email text, plan text not null default 'free');
alter table public.profile enable row level security;
create function public.on_user() returns trigger language plpgsql set search_path = '' as $$
begin
  insert into public.profile (id, email) values (new.id, new.email);
  return new;
end $$;
create trigger on_user after insert on auth.users for each row execute function public.on_user();
-- finds: on_user on auth.users

alter function public.on_user() security definer;
-- finds: nothing

-- A name without its schema, though the search_path is empty.
create or replace function public.on_user() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  insert into profile (id, email) values (new.id, new.email);
  return new;
end $$;
-- finds: on_user on auth.users

-- Without a search_path of its own it is that of supabase_auth_admin: auth.
alter function public.on_user() reset search_path;
-- finds: on_user on auth.users

alter function public.on_user() set search_path = public;
-- finds: nothing

-- A column that must have a value gets none.
alter table public.profile add column nick text not null;
-- finds: on_user on auth.users

alter table public.profile alter column nick set default 'somebody';
-- finds: nothing

alter table public.profile drop column email;
-- finds: on_user on auth.users

alter table public.profile add column email text;
-- finds: nothing

-- A trigger may fill in what is missing.
alter table public.profile alter column nick drop default;
create function public.fill() returns trigger language plpgsql set search_path = '' as
$$ begin new.nick := 'somebody'; return new; end $$;
create trigger fill before insert on public.profile for each row execute function public.fill();
-- finds: nothing

-- A handler stands around what may fail, and what the platform's role is granted is allowed.
create or replace function public.on_user() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  begin
    insert into nowhere (id) values (new.id);
  exception when others then
    raise warning 'no profile for %', new.id;
  end;
  return new;
end $$;
create table public.visit (id bigint generated always as identity primary key, who uuid);
grant insert on public.visit to supabase_auth_admin;
grant usage on schema public to supabase_auth_admin;
create function public.on_visit() returns trigger language plpgsql set search_path = '' as $$
begin
  with seen as (select new.id) insert into public.visit (who) select id from seen;
  return new;
end $$;
create trigger on_visit after update of last_sign_in_at on auth.users for each row execute function public.on_visit();
-- finds: nothing

alter table public.visit enable row level security;
-- finds: on_visit on auth.users

create policy "from auth" on public.visit for insert to supabase_auth_admin with check (true);
-- finds: nothing

-- What touches no table needs no rights; a trigger elsewhere is its own table's business.
create function public.lower_mail() returns trigger language plpgsql set search_path = '' as
$$ begin new.email := lower(new.email); return new; end $$;
create trigger lower_mail before insert on auth.users for each row execute function public.lower_mail();
create function public.on_profile() returns trigger language plpgsql as
$$ begin insert into visit (who) values (new.id); return new; end $$;
create trigger on_profile after insert on public.profile for each row execute function public.on_profile();
-- finds: nothing

-- A type is a name as well.
create type public.role as enum ('reader', 'writer');
create function public.on_role() returns trigger language plpgsql security definer set search_path = '' as $$
declare wanted text;
begin
  wanted := (new.raw_user_meta_data ->> 'role')::role;
  return new;
end $$;
create trigger on_role after insert on auth.users for each row execute function public.on_role();
-- finds: on_role on auth.users

alter table auth.users disable trigger on_role;
drop trigger on_role on auth.users;
-- finds: nothing

-- A column that is not there; but where the migrations are not the whole history, it may have been added elsewhere.
create function public.on_nick() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  insert into public.profile (id, nickname) values (new.id, 'somebody');
  return new;
end $$;
create trigger on_nick after insert on auth.users for each row execute function public.on_nick();
-- finds: on_nick on auth.users

create view public.badge with (security_invoker) as select who from public.made_elsewhere;
-- finds: nothing
