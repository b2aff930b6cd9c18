create table notes (id int);
do $$
declare n int;
begin
  select count(*) into n from notes;
  insert into notes values (1);
  if n > 0 then
    raise notice 'there are %', n;
  end if;
end $$;
