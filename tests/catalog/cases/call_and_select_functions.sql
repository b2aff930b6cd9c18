create table notes (id int);
create function protect(t text) returns void language plpgsql as $$
begin
  execute format('alter table %I enable row level security', t);
end $$;
create procedure open_it(t regclass) language plpgsql as $$
begin
  execute 'create policy all_of_it on notes using (true)';
end $$;
create function harmless() returns int language sql as 'select 1';
select protect('notes');
call open_it('notes');
select harmless(), now();
