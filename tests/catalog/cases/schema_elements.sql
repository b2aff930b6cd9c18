create schema app
  create table notes (id serial primary key, body text)
  create view seen as select id from notes
  create index notes_body on notes (body)
  grant select on notes to anon;
