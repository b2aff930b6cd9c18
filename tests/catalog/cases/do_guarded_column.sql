create table notes (id int);
do $$
begin
  if not exists (
    select 1 from information_schema.columns
    where table_schema = 'public' and table_name = 'notes' and column_name = 'body'
  ) then
    alter table notes add column body text not null default '';
  end if;
  if exists (select 1 from information_schema.columns where table_name = 'notes' and column_name = 'gone') then
    alter table notes rename column gone to came;
  end if;
  begin
    alter table notes add column id int;
  exception when duplicate_column then raise notice 'there already';
  end;
end $$;
