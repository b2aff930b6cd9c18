create type mood as enum ('a', 'b');
create domain positive as int check (value > 0);
revoke usage on type mood from public;
grant usage on type mood to anon;
revoke all on domain positive from public;
-- refused: 42809
grant usage on domain mood to anon;
