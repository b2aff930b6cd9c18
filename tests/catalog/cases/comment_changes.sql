create table notes (id int, body text);
comment on table notes is 'a';
comment on table notes is 'b';
comment on column notes.body is 'c';
comment on table notes is null;
comment on column notes.body is '';
comment on column notes.id is 'kept';
-- refused: 42703
comment on column notes.nothing is 'x';
-- refused: 42P01
comment on table nowhere is 'x';
-- refused: 42809
comment on view notes is 'x';
-- refused: 42704
comment on policy p on notes is 'x';
-- refused: 42704
comment on constraint c on notes is 'x';
-- refused: 42704
comment on trigger t on notes is 'x';
-- refused: 3F000
comment on schema nowhere is 'x';
