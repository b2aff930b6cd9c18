-- case: comment
create schema app;
create table app.notes (id int primary key, body text, check (id > 0));
create view app.seen as select id from app.notes;
create index notes_body on app.notes (body);
create sequence app.counter;
create type app.mood as enum ('a');
create domain app.positive as int constraint more check (value > 0);
create function app.f(a int, out b text) language sql as 'select ''x''::text';
create policy p on app.notes using (true);
create function app.t() returns trigger language plpgsql as 'begin return new; end';
create trigger touch before update on app.notes for each row execute function app.t();
create role joe;
comment on schema app is 'ours';
comment on table app.notes is 'Заметки';
comment on column app.notes.body is 'it''s';
comment on constraint notes_pkey on app.notes is 'key';
comment on view app.seen is 'v';
comment on column app.seen.id is 'vc';
comment on index app.notes_body is 'i';
comment on sequence app.counter is 's';
comment on type app.mood is 'm';
comment on domain app.positive is 'd';
comment on constraint more on domain app.positive is 'dc';
comment on function app.f(int) is 'f';
comment on policy p on app.notes is 'p';
comment on trigger touch on app.notes is 't';
comment on role joe is 'r';

-- case: changes
create table notes (id int, body text);
comment on table notes is 'a';
comment on table notes is 'b';
comment on column notes.body is 'c';
comment on table notes is null;
comment on column notes.body is '';
comment on column notes.id is 'kept';
-- refused: 42703
comment on column notes.nothing is 'x';
-- refused: 42809
comment on view notes is 'x';
-- refused: 42704
comment on policy p on notes is 'x';
-- refused: 42704
comment on constraint c on notes is 'x';
-- refused: 42704
comment on trigger t on notes is 'x';

-- case: follows
create table notes (id int, body text);
create view seen as select id from notes;
create policy p on notes using (true);
create function f(int) returns int language sql as 'select 1';
comment on table notes is 'a';
comment on column notes.body is 'b';
comment on policy p on notes is 'p';
comment on function f(int) is 'f';
comment on view seen is 'v';
alter table notes rename to papers;
alter table papers rename column body to text;
alter policy p on papers rename to q;
alter function f(int) rename to g;
drop view seen;
alter table papers drop column text;
