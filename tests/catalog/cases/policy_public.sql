create table notes (id int);
create policy a on notes to public using (true);
create policy b on notes to public, anon using (true);
create policy c on notes to current_user using (true);
