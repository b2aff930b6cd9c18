create table notes (id int);
-- refused: 42P07
do $$ begin
  create table first (id int);
  create table notes (id int);
end $$;
-- refused: P0001
do $$ begin
  if exists (select 1 from pg_tables where tablename = 'notes') then
    raise exception 'there already';
  end if;
end $$;
