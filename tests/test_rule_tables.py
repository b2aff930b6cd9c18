"""Rules whose condition is a table: what is found, at which level, and what a real server does with it."""

import pytest

from pasteproof.checks.finding import Level
from pasteproof.checks.lint import Options, lint
from pasteproof.connect.server import Database

from .projects import project

SETUP = """
create table public.mine (id int primary key, who uuid);
create schema app;
create function public.on_change() returns trigger language plpgsql set search_path = '' as $$ begin return new; end $$;
"""


def found(sql: str, rule: str, yaml: str = "version: 1\ntarget: {default_grants: exposed}\n") -> list[Level]:
    return [finding.level for finding in lint(project({"1_a.sql": sql}, yaml), Options(select=(rule,))).findings]


RESERVED = {
    "create table auth.extra (id int)": True,
    "create table if not exists storage.extra (id int)": True,
    "create table auth.extra as select 1 as one": True,
    "select 1 as one into auth.extra": True,
    "create view auth.emails as select email from auth.users": True,
    "create materialized view auth.emails as select email from auth.users": True,
    "create function auth.is_admin() returns boolean language sql as 'select true'": True,
    "create or replace function auth.uid() returns uuid language sql as 'select null::uuid'": True,
    "create type auth.kind as enum ('a')": True,
    "create type auth.pair as (a int)": True,
    "create domain auth.word as text": True,
    "create sequence auth.numbers": True,
    "create index on auth.users (phone)": True,
    "alter table storage.objects enable row level security": True,
    "alter table auth.users add column nick text": True,
    "alter table auth.users rename to people": True,
    "alter table auth.users rename column email to mail": True,
    "drop table auth.sessions": True,
    "drop function auth.email()": True,
    "drop schema realtime cascade": True,
    "alter schema auth rename to login": True,
    "alter table public.mine set schema auth": True,
    "comment on table auth.users is 'x'": True,
    "comment on column auth.users.email is 'x'": True,
    "comment on function auth.uid() is 'x'": True,
    "comment on schema auth is 'x'": True,
    "create policy p on storage.objects for select to authenticated using (true)": False,
    "create policy p on storage.migrations for select to authenticated using (true)": True,
    "create policy p on realtime.messages for select to authenticated using (true)": False,
    "create trigger t after insert on auth.users for each row execute function public.on_change()": False,
    "create trigger t after insert on auth.schema_migrations for each row execute function public.on_change()": True,
    "create table public.profile (id uuid primary key references auth.users on delete cascade)": False,
    "create table app.auth (id int)": False,
    "create table auth (id int)": False,
    "create view public.emails as select email from auth.users": False,
    "grant usage on schema app to anon": False,
    "drop function if exists auth.uid()": True,
    "drop table if exists storage.objects cascade": True,
    "drop schema if exists realtime": True,
    "drop policy if exists p on storage.migrations": False,
    "drop function if exists auth.is_admin()": False,
    "drop table if exists auth.extra": False,
}


@pytest.mark.parametrize(("sql", "refused"), RESERVED.items(), ids=RESERVED.keys())
def test_reserved_schemas(sql: str, refused: bool) -> None:
    assert found(SETUP + sql, "reserved_schema_ddl") == ([Level.ERROR] if refused else [])
    assert found(SETUP + sql, "reserved_schema_ddl", "version: 1\ntarget: {platform: none}\n") == []


def test_a_server_refuses_the_same(database: Database) -> None:
    assert _refusals(database, RESERVED) == []


def _refusals(database: Database, asked: dict[str, bool]) -> list[tuple[str, str | None]]:
    """The statements that a server answers otherwise than the table says, with what it answers."""
    import psycopg

    wrong = []
    with database.connect() as connection:
        connection.execute(SETUP)
        for sql, refused in asked.items():
            state = None
            try:
                with connection.transaction(force_rollback=True):
                    connection.execute(sql)
            except psycopg.Error as error:
                state = error.sqlstate
            if (state == "42501") is not refused:
                wrong.append((sql, state))
    return wrong


SUPERUSER = {
    "alter system set work_mem = '1MB'": True,
    "copy public.mine from program 'true'": True,
    "copy public.mine to '/tmp/mine.csv'": True,
    "copy (select 1) to stdout": False,
    "create function app.f() returns int language internal as 'int4pl'": True,
    "create function app.f() returns int leakproof language sql as 'select 1'": True,
    "create function app.f() returns int not leakproof language sql as 'select 1'": False,
    "alter function public.on_change() leakproof": True,
    "alter function public.on_change() not leakproof": False,
    "set session authorization supabase_auth_admin": True,
    "set session authorization default": False,
    "create type app.x": True,
    "create type app.x as enum ('a')": False,
    "create operator family app.f using btree": True,
    "create access method m type index handler bthandler": True,
    "create text search template app.t (lexize = dsimple_lexize)": True,
    "create text search configuration app.c (copy = pg_catalog.simple)": False,
}


@pytest.mark.parametrize(("sql", "refused"), SUPERUSER.items(), ids=SUPERUSER.keys())
def test_what_needs_a_superuser(sql: str, refused: bool) -> None:
    assert found(SETUP + sql, "superuser_only") == ([Level.ERROR] if refused else [])
    assert found(SETUP + sql, "superuser_only", "version: 1\ntarget: {platform: none}\n") == []
    assert found(SETUP + sql, "statement_rejected") == []


ROLES = {
    "create role x superuser": True,
    "create role x createdb": False,
    "alter role postgres superuser": True,
    "alter role supabase_admin nologin": True,
    "drop role supabase_admin": True,
    "grant supabase_admin to anon": True,
    "grant anon to authenticator": False,
    "grant pg_read_server_files to postgres": True,
    "alter role anon set statement_timeout = '3s'": False,
    "alter role postgres set statement_timeout = '3s'": False,
    "alter role supabase_admin set statement_timeout = '3s'": True,
    "alter role supabase_admin rename to x": True,
}


@pytest.mark.parametrize(("sql", "refused"), ROLES.items(), ids=ROLES.keys())
def test_reserved_roles(sql: str, refused: bool) -> None:
    assert found(SETUP + sql, "reserved_role_ddl") == ([Level.ERROR] if refused else [])


OWNERS = {
    "alter table public.mine owner to supabase_admin": True,
    "alter table public.mine owner to postgres": False,
    "alter function public.on_change() owner to supabase_auth_admin": True,
    "alter schema app owner to supabase_admin": True,
    "create schema authorization supabase_admin": True,
    "set role supabase_admin": True,
    "set role authenticated": False,
    "set role none": False,
    "reset role": False,
    "alter default privileges for role supabase_admin grant select on tables to anon": False,
}


@pytest.mark.parametrize(("sql", "refused"), OWNERS.items(), ids=OWNERS.keys())
def test_owners_that_postgres_is_no_member_of(sql: str, refused: bool) -> None:
    assert found(SETUP + sql, "owner_change_refused") == ([Level.ERROR] if refused else [])


NOT_ASKED_HERE = (
    "alter system set work_mem = '1MB'",  # refused inside a transaction before that
    "copy (select 1) to stdout",  # the client would have to read on
    "grant pg_read_server_files to postgres",  # supautils.reserved_memberships, which is not emulated
)


def test_a_server_refuses_these_too(database: Database) -> None:
    defaults = "alter default privileges for role {} grant select on tables to anon"
    asked = SUPERUSER | ROLES | OWNERS | {defaults.format("supabase_admin"): True, defaults.format("anon"): False}
    for sql in NOT_ASKED_HERE:
        del asked[sql]
    assert found(defaults.format("supabase_admin"), "default_privileges_forbidden") == [Level.ERROR]
    assert found(defaults.format("anon"), "default_privileges_forbidden") == []
    assert _refusals(database, asked) == []


ALONE = {
    "create index concurrently mine_who on public.mine (who)": True,
    "create unique index concurrently mine_who on public.mine (who)": True,
    "create index mine_who on public.mine (who)": False,
    "drop index concurrently if exists public.mine_who": True,
    "drop index if exists public.mine_who": False,
    "reindex table concurrently public.mine": True,
    "reindex (concurrently) table public.mine": True,
    "reindex table public.mine": False,
    "reindex schema app": True,
    "vacuum public.mine": True,
    "vacuum (analyze) public.mine": True,
    "analyze public.mine": False,
    "create database other": True,
    "cluster public.mine using mine_pkey": False,
}


@pytest.mark.parametrize(("sql", "alone"), ALONE.items(), ids=ALONE.keys())
def test_what_needs_a_paste_of_its_own(sql: str, alone: bool) -> None:
    assert found(SETUP + sql, "needs_own_paste") == ([Level.INFO] if alone else [])
    assert found(sql, "needs_own_paste") == []


def test_a_server_does_not_take_it_with_others(database: Database) -> None:
    import psycopg

    wrong = []
    with database.connect() as connection:
        connection.execute(SETUP)
        for sql, alone in ALONE.items():
            state = None
            try:
                connection.execute(f"begin; {sql}; rollback")
            except psycopg.Error as error:
                state = error.sqlstate
                connection.execute("rollback")
            if (state == "25001") is not alone:
                wrong.append((sql, state))
    assert wrong == []


TABLE = "create table public.a (id int);"
TRANSACTIONS = {
    TABLE: [],
    f"begin; {TABLE} commit;": [Level.INFO],
    f"start transaction; {TABLE} end;": [Level.INFO],
    f"-- a comment\nbegin; {TABLE} commit; -- done\n": [Level.INFO],
    f"begin; {TABLE}": [Level.ERROR],
    f"{TABLE} commit;": [Level.ERROR],
    f"begin; {TABLE} rollback;": [Level.ERROR],
    f"begin; {TABLE} commit; select 1;": [Level.INFO],
    f"select 1; begin; {TABLE} commit;": [Level.INFO],
    f"begin; {TABLE} commit; begin; select 1; commit;": [Level.INFO],
    f"begin; begin; {TABLE} commit; commit;": [Level.ERROR],
    f"begin; {TABLE} commit; begin;": [Level.ERROR],
    f"begin; savepoint s; {TABLE} commit;": [Level.ERROR],
    f"begin read only; {TABLE} commit;": [Level.ERROR],
    f"begin; {TABLE} commit and chain;": [Level.ERROR],
    "do $$ begin commit; end $$;": [],
}


@pytest.mark.parametrize(("sql", "expected"), TRANSACTIONS.items(), ids=TRANSACTIONS.keys())
def test_transaction_control(sql: str, expected: list[Level]) -> None:
    assert found(sql, "transaction_control") == expected


ONCE = {
    "create policy p on public.b to anon using (true);": 1,
    "drop policy if exists p on public.b; create policy p on public.b to anon using (true);": 0,
    "drop policy if exists q on public.b; create policy p on public.b to anon using (true);": 1,
    "drop table if exists b; create table b (id int); create policy p on b to anon using (true);": 0,
    "create table b (id int); create policy p on b to anon using (true);": 0,
    "create type mood as enum ('a');": 1,
    "drop type if exists mood; create type mood as enum ('a');": 0,
    "do $$ begin create type mood as enum ('a'); exception when duplicate_object then null; end $$;": 0,
    "alter table b add constraint c check (true);": 1,
    "alter table b drop constraint if exists c; alter table b add constraint c check (true);": 0,
    "alter table b drop constraint if exists c, add constraint c check (true);": 0,
    "create or replace trigger t before update on b for each row execute function f();": 0,
    "create trigger t before update on b for each row execute function f();": 1,
    "drop trigger if exists t on b; create trigger t before update on b for each row execute function f();": 0,
    "create or replace view v as select 1 as one; create type mood as enum ('a');": 1,
    "create view v as select 1 as one; create type mood as enum ('a');": 0,
    "drop view if exists v; create view v as select 1 as one; create type mood as enum ('a');": 1,
    "alter table b add column c int; create type mood as enum ('a');": 0,
    "alter table b add column if not exists c int; create type mood as enum ('a');": 1,
    "create function f() returns int language sql as 'select 1'; create type mood as enum ('a');": 0,
}


@pytest.mark.parametrize(("sql", "number"), ONCE.items(), ids=ONCE.keys())
def test_what_cannot_run_twice(sql: str, number: int) -> None:
    assert found(sql, "not_repeatable") == [Level.INFO] * number


TWO = """
create table public.team (id int primary key, owner uuid); alter table public.team enable row level security;
create table public.member (team int, person uuid); alter table public.member enable row level security;
create function app.teams() returns setof int language sql stable security definer set search_path = '' as
  'select team from public.member';
create view app.members with (security_invoker = on) as select * from public.member;
create view app.all_members as select * from public.member;
grant usage on schema app to authenticated; grant select on app.members, app.all_members to authenticated;
"""
READ = "create policy b on public.member for select to authenticated"
MEMBERS, OWN = "(select team from public.member)", "person = (select auth.uid())"
RINGS = {
    f"create policy a on public.member for select to authenticated using (team in {MEMBERS})": True,
    f"create policy a on public.member to authenticated using (team in {MEMBERS})": True,
    f"create policy a on public.member for insert to authenticated with check (team in {MEMBERS})": False,
    f"create policy a on public.member for select to service_role using (team in {MEMBERS})": False,
    f"create policy a on public.member for select to authenticated using ({OWN})": False,
    f"{READ} using (team in (select app.teams()))": False,
    f"{READ} using (team in (select team from app.members))": True,
    f"{READ} using (team in (select team from app.all_members))": False,
    f"""create policy a on public.team for select to authenticated using (id in {MEMBERS});
        {READ} using (team in (select id from public.team))""": True,
    f"""create policy a on public.team for select to authenticated using (id in {MEMBERS});
        create policy b on public.member for select to authenticated using ({OWN})""": False,
    f"""create policy a on public.team for select to authenticated using (id in {MEMBERS});
        {READ} using (team in (select id from public.team));
        alter table public.team disable row level security""": False,
}


@pytest.mark.parametrize(("sql", "fails"), RINGS.items(), ids=range(len(RINGS)))
def test_policies_that_lead_back(sql: str, fails: bool) -> None:
    assert found(SETUP + TWO + sql, "policy_recursion") == ([Level.ERROR] if fails else [])


def test_a_server_finds_the_same_rings(database: Database) -> None:
    import psycopg

    wrong = []
    with database.connect() as connection:
        for sql, fails in RINGS.items():
            state = None
            try:
                with connection.transaction(force_rollback=True):
                    connection.execute(f"{SETUP}{TWO}{sql}; set local role authenticated; table public.member")
            except psycopg.Error as error:
                state = error.sqlstate
            if (state == "42P17") is not fails:
                wrong.append((sql, state))
    assert wrong == []


ITSELF = {
    "exists (select from public.member m where m.team = team)": True,
    "exists (select from public.member where team = team)": True,
    "exists (select from public.member m join public.team t on t.id = id where m.person = auth.uid())": True,
    "exists (select from public.member m where m.team = thing.team)": False,
    "exists (select from public.member m where m.team = id)": False,
    "exists (select from public.member m where m.team = team and false) or true": True,
    "team in (select m.team from public.member m where m.person = auth.uid())": False,
    "exists (select from public.member m join public.team t on t.id = m.team)": False,
    "exists (select from public.member m where exists (select from public.team t where t.id = m.team))": False,
    "exists (select from public.member m, public.member n where m.team = n.team)": False,
    "exists (select from unknown.place p where p.team = team)": False,
}


@pytest.mark.parametrize(("using", "itself"), ITSELF.items(), ids=ITSELF.keys())
def test_columns_that_are_compared_with_themselves(using: str, itself: bool) -> None:
    thing = "create table public.thing (id int, team int); alter table public.thing enable row level security;"
    sql = f"{SETUP}{TWO}{thing}create policy p on public.thing to authenticated using ({using})"
    assert found(sql, "subselect_ambiguity") == ([Level.ERROR] if itself else [])


NOBODY = {
    "auth.uid() is null or auth.uid() = owner": True,
    "(select auth.uid()) is null or open": True,
    "coalesce(auth.uid() = owner, true)": True,
    "auth.uid() = owner": False,
    "auth.uid() is null": False,
    "auth.uid() is not null": False,
    "true": False,
    "open or auth.uid() = owner": False,
    "auth.role() = 'anon' or auth.uid() = owner": True,
}


@pytest.mark.parametrize(("using", "inverted"), NOBODY.items(), ids=NOBODY.keys())
def test_a_missing_user_that_passes(using: str, inverted: bool) -> None:
    sql = f"{POLICY}create policy p on public.b for select using ({using})"
    assert found(sql, "inverted_auth") == ([Level.ERROR] if inverted else [])
    assert found(sql.replace("select using", "select to authenticated using"), "inverted_auth") == []


PROFILE = """
create table public.profile (id uuid primary key, email text, plan text not null default 'free');
alter table public.profile enable row level security;
create table public.log (id bigint generated always as identity primary key, who uuid);
create type public.mood as enum ('a', 'b');
create function public.code() returns text language sql set search_path = '' as 'select ''x''';
"""
DEFINER, HERE = "security definer", "set search_path = ''"
INSERT = "insert into public.profile (id, email) values (new.id, new.email);"
SIGN_UPS = {  # what the trigger's function says of itself, what is done before and what it does: whether a user is lost
    (f"{DEFINER} {HERE}", "", INSERT): False,
    (HERE, "", INSERT): True,
    (HERE, "grant usage on schema public to supabase_auth_admin; grant insert on public.log to supabase_auth_admin;",
     "insert into public.log (who) values (new.id);"): False,
    (HERE, "grant insert on public.profile to supabase_auth_admin;", INSERT): True,
    (f"{DEFINER} {HERE}", "", "insert into profile (id) values (new.id);"): True,
    (DEFINER, "", "insert into profile (id) values (new.id);"): True,
    (DEFINER, "", INSERT): False,
    (f"{DEFINER} set search_path = public", "", "insert into profile (id) values (new.id);"): False,
    (f"{DEFINER} {HERE}", "alter table public.profile add nick text not null;", INSERT): True,
    (f"{DEFINER} {HERE}", "alter table public.profile add nick text not null default '';", INSERT): False,
    (f"{DEFINER} {HERE}", "", "insert into public.profile values (new.id, new.email);"): False,
    (f"{DEFINER} {HERE}", "alter table public.profile alter email set not null;",
     "insert into public.profile values (new.id);"): True,
    (f"{DEFINER} {HERE}", "alter table public.profile drop email;", INSERT): True,
    (f"{DEFINER} {HERE}", "", "perform 'a'::mood;"): True,
    (f"{DEFINER} {HERE}", "", "perform 'a'::public.mood, 'b'::text, now()::date;"): False,
    (f"{DEFINER} {HERE}", "", "perform code();"): True,
    (f"{DEFINER} {HERE}", "", "perform public.code(), coalesce(new.email, lower('X'));"): False,
    (f"{DEFINER} {HERE}", "",
     "begin insert into nowhere values (1); exception when others then null; end;"): False,
    (HERE, "", "new.email := lower(new.email);"): False,
}  # fmt: skip


def signs_up(options: str, before: str, does: str) -> str:
    return f"""{PROFILE}{before}
        create function public.on_user() returns trigger language plpgsql {options} as
          $$ begin {does} return new; end $$;
        create trigger on_user before insert on auth.users for each row execute function public.on_user();"""


@pytest.mark.parametrize(("case", "lost"), SIGN_UPS.items(), ids=range(len(SIGN_UPS)))
def test_sign_up_triggers(case: tuple[str, str, str], lost: bool) -> None:
    assert found(signs_up(*case), "auth_trigger_broken") == ([Level.ERROR] if lost else [])


def test_a_server_loses_the_same_users(database: Database) -> None:
    import psycopg

    signing_up = """set local role supabase_auth_admin; set local search_path = auth;
        insert into auth.users (id, email) values ('7f1f6c0e-6f0a-4a5c-9d0b-2f3c5f6a7b8c', 'a@example.com')"""
    wrong = []
    with database.connect("supabase_admin") as connection:
        for case, lost in SIGN_UPS.items():
            state = None
            try:
                with connection.transaction(force_rollback=True):
                    connection.execute(f"set local role postgres; {signs_up(*case)}; reset role; {signing_up}")
            except psycopg.Error as error:
                state = str(error)
            if (state is not None) is not lost:
                wrong.append((case, state))
    assert wrong == []


FILES = "insert into storage.buckets (id, name, public) values ('a', 'a', true);"
MINE = "to authenticated using (bucket_id = 'a' and owner_id = (select auth.uid())::text);"
OTHER = MINE.replace("'a'", "'b'")
BUCKETS = {
    "": Level.INFO,
    "create policy p on storage.objects for select using (bucket_id = 'a');": Level.INFO,
    f"create policy p on storage.objects for select {MINE}": Level.WARN,
    f"create policy p on storage.objects for select {OTHER}": Level.INFO,
    f"""create policy p on storage.objects for select {MINE}
        create policy q on storage.objects for update {MINE}""": Level.INFO,
    f"create policy p on storage.objects for delete {MINE}": Level.INFO,
}


@pytest.mark.parametrize(("sql", "level"), BUCKETS.items(), ids=range(len(BUCKETS)))
def test_public_buckets(sql: str, level: Level) -> None:
    assert found(FILES + sql, "bucket_is_public") == [level]


POLICY = "create table public.b (id int, owner uuid, open boolean); alter table public.b enable row level security;"
MISSING_TO = {
    "create policy p on public.b for select using (true)": [Level.WARN],
    "create policy p on public.b for insert with check (true)": [Level.ERROR],
    "create policy p on public.b for update using (open)": [Level.ERROR],
    "create policy p on public.b using (auth.uid() = owner)": [Level.WARN],
    "create policy p on public.b using (open) with check (auth.uid() = owner)": [Level.ERROR],  # it may delete
    "create policy p on public.b for update using (open) with check (auth.uid() = owner)": [Level.WARN],
    "create policy p on public.b for delete using (public.is_admin())": [Level.WARN],
    "create policy p on public.b using (auth.role() = 'service_role')": [],
    "create policy p on public.b to anon using (true)": [],
    "create policy p on public.b for insert with check (true); revoke all on public.b from anon": [Level.WARN],
    "create policy p on public.b for insert with check (true); alter table public.b disable row level security": [],
    "create policy p on storage.objects for insert with check (bucket_id = 'x')": [Level.ERROR],
}


@pytest.mark.parametrize(("sql", "expected"), MISSING_TO.items(), ids=MISSING_TO.keys())
def test_a_policy_for_everybody(sql: str, expected: list[Level]) -> None:
    assert found(POLICY + sql, "missing_to") == expected


WITHOUT_GRANT = {
    "create policy p on public.b to authenticated using (true)": [Level.WARN],
    "grant select on public.b to authenticated; create policy p on public.b to authenticated using (true)": [
        Level.INFO
    ],
    "grant all on public.b to authenticated; create policy p on public.b to authenticated using (true)": [],
    "grant select on public.b to public; create policy p on public.b for select to authenticated using (true)": [],
    "create policy p on public.b for select to service_role using (true)": [],
    "create policy p on public.b for select using (true)": [Level.WARN],
    "grant select on public.b to anon; create policy p on public.b for select using (true)": [],
    "create policy p on public.b as restrictive for select to anon using (true)": [],
}


@pytest.mark.parametrize(("sql", "expected"), WITHOUT_GRANT.items(), ids=WITHOUT_GRANT.keys())
def test_a_policy_without_grant(sql: str, expected: list[Level]) -> None:
    yaml = "version: 1\ntarget: {default_grants: revoked}\n"
    assert found(POLICY + sql, "policy_without_grant", yaml) == expected


def test_a_commit_for_the_sake_of_an_enum_means_two_migrations() -> None:
    sql = "create type public.mood as enum ('sad'); alter type public.mood add value 'glad'; commit; select 1;"
    (finding,) = lint(project({"1_a.sql": sql}), Options(select=("transaction_control",))).findings
    assert finding.remedy
    assert "later migration" in finding.remedy.text


TO_PUBLIC = "create policy p on public.t for insert to public with check (true);"


@pytest.mark.parametrize(
    ("statements", "words"),
    [
        ("create policy p on public.t for insert with check (true);", "has no TO"),
        (TO_PUBLIC, "is TO public"),
        (f"{TO_PUBLIC} alter policy p on public.t with check (id > 0);", "is TO public"),
    ],
)
def test_missing_to_tells_an_explicit_public_from_none(statements: str, words: str) -> None:
    sql = "create table public.t (id int primary key); alter table public.t enable row level security; " + statements
    (finding,) = lint(project({"1_a.sql": sql}), Options(select=("missing_to",))).findings
    assert f'policy "p" on public.t {words}: it is for every role' in finding.message


@pytest.mark.parametrize(
    ("sql", "extension"),
    [
        ("select cron.schedule('a', '* * * * *', 'select 1');", "pg_cron"),
        ("select net.http_get('https://example.com');", "pg_net"),
        ("select pgmq.create('q');", "pgmq"),
        ("select nowhere.f();", None),
        ("create table t (id int primary key, a vector(3), b vector(4));", "vector with schema extensions"),
        ("create table t (id int primary key, a public.citext);", "citext with schema public"),
        ("create schema gis; create table t (id int primary key, a gis.geometry(point));", "postgis with schema gis"),
        ("create view v as select similarity('a', 'b') as much;", "pg_trgm with schema extensions"),
        ("create schema gis; create extension vector schema gis; create table t (id int primary key, a vector);", None),
        ("create type mood as enum ('a'); create table t (id int primary key, a moods);", None),
        ("create function vector(a int) returns int language sql as 'select 1'; select vectors(1);", None),
    ],
)
def test_what_is_missing_and_an_extension_makes(sql: str, extension: str | None) -> None:
    (finding,) = lint(project({"1_a.sql": sql}), Options(select=("missing_object",))).findings
    assert finding.remedy
    assert finding.remedy.sql == (f"create extension if not exists {extension};" if extension else None)
