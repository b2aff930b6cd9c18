do $$ begin
  create type mood as enum ('a', 'b');
exception when duplicate_object then null;
end $$;
do $$ begin
  create type mood as enum ('c');
exception when duplicate_object then null;
end $$;
do $$
begin
  if not exists (select 1 from pg_type where typname = 'size') then
    create type size as enum ('s', 'm');
  end if;
  if not exists (select 1 from pg_type where typname = 'size') then
    create type size as enum ('l');
  end if;
end $$;
