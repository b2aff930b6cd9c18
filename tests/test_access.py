"""Who may do what: a table of policies and grants with the cells they make, each held against a real PostgreSQL."""

from __future__ import annotations

import json

import jsonschema
import pytest

from pasteproof.checks.access import ROLES, matrix
from pasteproof.checks.lint import simulated
from pasteproof.checks.matrix.cell import Cell
from pasteproof.checks.matrix.proof import DIFFERS, UNTRIED, prove
from pasteproof.checks.output import access as printed
from pasteproof.checks.schema import Schema
from pasteproof.connect.server import Server
from pasteproof.connect.template import SUPERUSER

from .projects import project

T = "create table public.t (id int primary key, who uuid, open boolean not null, n text);\n"
RLS = f"{T}alter table public.t enable row level security;\n"
M = "create table public.m (who uuid, team int);\n"
COMMANDS = ("select", "insert", "update", "delete")


def schema_of(sql: str) -> Schema:
    made = project({"1.sql": sql})
    return Schema(made, simulated(made), made.target)


def cells(sql: str) -> list[Cell]:
    return matrix(schema_of(sql), ROLES, ["t"])


def row(found: list[Cell], role: str) -> str:
    return " ".join(each.access for each in found if each.role == role)


def using(condition: str) -> str:
    return f"{RLS}create policy p on public.t using ({condition});"


def reading(condition: str) -> str:
    return f"{RLS}create policy p on public.t for select using ({condition});"


NONE, OWN, SOME, ALL = ("none none none none", "own own own own", "some some some some", "all all all all")

# What anon and authenticated may select, insert, update and delete; service_role may do everything by default
STORIES = {
    # row level security and constants
    "no row level security": (T, ALL, ALL),
    "no policy": (RLS, NONE, NONE),
    "a constant": (using("true"), ALL, ALL),
    "what folds to a constant": (using("1 = 1 or n = 'x'"), ALL, ALL),
    "false": (using("false"), NONE, NONE),
    "null": (using("null::boolean"), NONE, NONE),
    "no expression at all": (f"{RLS}create policy p on public.t;", NONE, NONE),
    "not forced for whoever is not the owner": (f"{RLS}alter table public.t force row level security;", NONE, NONE),
    # the user's own rows, however it is said
    "auth.uid()": (using("auth.uid() = who"), NONE, OWN),
    "wrapped": (using("(select auth.uid()) = who"), NONE, OWN),
    "turned around": (using("who = auth.uid()"), NONE, OWN),
    "as text": (using("auth.uid()::text = who::text"), NONE, OWN),
    "the claim sub": (using("(auth.jwt() ->> 'sub')::uuid = who"), NONE, OWN),
    "the setting": (using("(current_setting('request.jwt.claims', true)::json ->> 'sub')::uuid = who"), NONE, OWN),
    "in a list": (using("who in (select auth.uid())"), NONE, OWN),
    "and more": (using("auth.uid() = who and open"), NONE, OWN),
    "not distinct": (using("auth.uid() is not distinct from who"), SOME, OWN),
    "coalesced": (using("coalesce(auth.uid() = who, false)"), NONE, OWN),
    "a case": (using("case when open then auth.uid() = who else false end"), NONE, OWN),
    # what is not: never guessed
    "or more": (using("auth.uid() = who or open"), SOME, SOME),
    "others' rows": (using("auth.uid() <> who"), NONE, SOME),
    "a part of the id": (using("left(auth.uid()::text, 4) = left(who::text, 4)"), NONE, SOME),
    "a list of ids": (using("auth.uid()::text = any (string_to_array(n, ','))"), NONE, SOME),
    "a column alone": (using("open"), SOME, SOME),
    "a fixed user": (using("who = '00000000-0000-4000-8000-00000000000a'"), SOME, SOME),
    # who asks
    "signed in": (using("auth.uid() is not null"), NONE, ALL),
    "the role": (using("auth.role() = 'authenticated'"), NONE, ALL),
    "the role's claim": (using("auth.jwt() ->> 'role' in ('anon', 'other')"), ALL, NONE),
    "current_user": (using("current_user = 'authenticated'"), NONE, ALL),
    "a claim": (using("auth.jwt() -> 'app_metadata' ->> 'plan' = 'pro'"), NONE, SOME),
    "TO": (f"{RLS}create policy p on public.t to authenticated using (true);", NONE, ALL),
    "TO a role that has members": (
        f"{RLS}create role crew; grant crew to authenticated;\ncreate policy p on public.t to crew using (true);",
        NONE, ALL),
    # by command
    "select": (reading("true"), "all none none none", "all none none none"),
    "insert": (f"{RLS}create policy p on public.t for insert with check (auth.uid() = who);", NONE,
        "none own none none"),
    "insert without a check": (f"{RLS}create policy p on public.t for insert;", NONE, NONE),
    "update": (f"{RLS}create policy p on public.t for update using (auth.uid() = who);", NONE, "none none own none"),
    "update that may give away": (
        f"{RLS}create policy p on public.t for update using (auth.uid() = who) with check (true);", NONE,
        "none none some none"),
    "update that may take": (
        f"{RLS}create policy p on public.t for update using (true) with check (auth.uid() = who);", NONE,
        "none none some none"),
    "delete": (f"{RLS}create policy p on public.t for delete using (open);", "none none none some",
        "none none none some"),
    # several policies
    "permissive ones add up": (f"{using('auth.uid() = who')}\ncreate policy q on public.t for select using (true);",
        "all none none none", "all own own own"),
    "own or own": (f"{using('auth.uid() = who')}\ncreate policy q on public.t using ((select auth.uid())::text = n);",
        NONE, OWN),
    "a restrictive one cuts": (
        f"{using('true')}\ncreate policy q on public.t as restrictive using (auth.uid() = who);", NONE, OWN),
    "a restrictive one alone": (f"{RLS}create policy q on public.t as restrictive using (true);", NONE, NONE),
    "a restrictive one for another role": (
        f"{using('true')}\ncreate policy q on public.t as restrictive to authenticated using (open);", ALL, SOME),
    # privileges
    "no privilege": (f"{T}revoke all on public.t from anon, authenticated;", NONE, NONE),
    "a privilege for all": (f"{T}revoke all on public.t from anon, authenticated; grant select on public.t to public;",
        "all none none none", "all none none none"),
    "through a role": (
        (f"{T}revoke all on public.t from authenticated; create role r; grant r to authenticated;"
        "grant delete on public.t to r;"), ALL, "none none none all"),
    "some columns": (
        f"{T}revoke all on public.t from anon; grant select (id, n), update (n) on public.t to anon;",
        "all none all none", ALL),
    "no USAGE": (f"{T}revoke usage on schema public from public, anon;", NONE, ALL),
    # what policies read and call
    "a table that may not be read": ((f"{M}revoke all on public.m from anon;"
        f"{using('exists (select 1 from public.m where m.team = t.id)')}"), NONE, SOME),
    "unless that is not even looked at": ((f"{M}revoke all on public.m from anon;{using('true')}"
        "create policy q on public.t using (exists (select 1 from public.m where m.team = t.id));"), ALL, ALL),
    "membership": (f"{M}{using('exists (select 1 from public.m where m.who = auth.uid() and m.team = t.id)')}", NONE,
        SOME),
    "a function that may not be called": (
        ("create function public.f() returns boolean language sql as 'select true';"
        f"revoke execute on function public.f() from public, anon;{using('public.f()')}"), NONE, SOME),
    "a policy that asks itself": (reading("exists (select 1 from public.t other where other.who = auth.uid())"), NONE,
        NONE),
    "policies that ask each other": ((f"{M}alter table public.m enable row level security;"
        f"{reading('exists (select 1 from public.m where m.team = t.id)')}"
        "create policy q on public.m for select using (exists (select 1 from public.t where t.id = m.team));"), NONE,
        NONE),
    "asked past the other's policies": ((f"{M}alter table public.m enable row level security;"
        "create function public.f(int) returns boolean security definer language sql as "
        "'select exists (select 1 from public.m where m.team = $1)';"
        f"{reading('public.f(id)')}"
        "create policy q on public.m for select using (exists (select 1 from public.t where t.id = m.team));"),
        "some none none none", "some none none none"),
    # views
    "a view with its owner's rights": (f"{RLS}create view public.v as select id, n from public.t;", ALL, ALL),
    "a view with the rights of whoever asks": (
        f"{RLS}create view public.v with (security_invoker = on) as select id from public.t;", NONE, NONE),
    "a view of the user's own": ((f"{RLS}create view public.v as select * from public.t where who = auth.uid();"
        "revoke insert on public.v from anon, authenticated;"), NONE, "own none own own"),
    "a view that counts": (f"{RLS}create view public.v as select count(*) from public.t;", "some none none none",
        "some none none none"),
    "a view that joins": (f"{RLS}{M}create view public.v as select t.id from public.t join public.m on team = t.id;",
        "some none none none", "some none none none"),
    "a view that nobody may read": (
        f"{RLS}create view public.v as select * from public.t; revoke all on public.v from anon, authenticated;",
        NONE, NONE),
    "a chain": ((f"{RLS}create view public.v as select * from public.t;"
        "create view public.w with (security_invoker = on) as select * from public.v;"
        "revoke all on public.v from anon;"), NONE, ALL),
    "a copy": (f"{RLS}create materialized view public.v as select id from public.t;", "all none none none",
        "all none none none"),
    "a view over what nobody may name": (
        (
            "create schema priv;create table priv.t (id int, who uuid);grant select on priv.t to anon;"
            "create view public.v with (security_invoker = on) as select * from priv.t;"
        ),
        "all none none none",
        NONE,
    ),
    "a view that computes": (
        (
            f"{RLS}create function public.f(int) returns int language sql as 'select $1';"
            "create view public.v as select id, public.f(id) as f from public.t;revoke all on public.v from anon;"
        ),
        NONE,
        "some unknown unknown unknown",
    ),
    "a view with a rule": (
        (
            f"{RLS}create view public.v as select id from public.t;revoke all on public.v from anon;"
            "create rule r as on delete to public.v do instead nothing;"
        ),
        NONE,
        "all unknown unknown unknown",
    ),
    "a view that shows nothing of it": (
        f"{RLS}create view public.v as select 1 as one from public.t;revoke all on public.v from anon;",
        NONE,
        "all none none all",
    ),
    # kin
    "a child's parent": (("create table public.p (id int, who uuid) partition by list (id);"
        "create table public.t partition of public.p default;"
        "revoke all on public.t from anon, authenticated; revoke all on public.p from authenticated;"), ALL, NONE),
    "a view of a child's parent": (
        (
            "create table public.p (id int, who uuid) partition by list (id);"
            "create table public.t partition of public.p default;"
            "revoke all on public.t, public.p from anon, authenticated;"
            "create view public.v as select id from public.p; revoke all on public.v from anon;"
        ),
        NONE,
        ALL,
    ),
    "a parent's child": (("create table public.t (id int, who uuid) partition by list (id);"
        "alter table public.t enable row level security;create table public.c partition of public.t default;"),
        SOME, SOME),
}  # fmt: skip


@pytest.mark.parametrize(("sql", "anon", "authenticated"), STORIES.values(), ids=STORIES)
def test_a_story(sql: str, anon: str, authenticated: str) -> None:
    found = cells(sql)
    assert {role: row(found, role) for role in ("anon", "authenticated")} == {
        "anon": anon,
        "authenticated": authenticated,
    }, [each.reason for each in found]


def test_each_story_on_a_real_server(server: Server) -> None:
    wrong, untried = [], []
    with server.database() as database, database.connect(SUPERUSER, autocommit=False) as connection:
        for name, (sql, *_) in STORIES.items():
            connection.execute("set role postgres")
            connection.execute(sql.encode())
            connection.execute("reset role")
            outcomes = prove(connection, matrix(schema_of(sql), ROLES))
            connection.rollback()
            wrong += [
                (name, each.cell.role, each.cell.command, each.said) for each in outcomes if each.verdict == DIFFERS
            ]
            untried += [(name, each.cell.role, each.cell.command) for each in outcomes if each.verdict == UNTRIED]
    assert not wrong
    assert not untried


def one(sql: str, role: str, command: str) -> Cell:
    return next(each for each in cells(sql) if (each.role, each.command) == (role, command))


FILTERED = {
    "select lets nothing through": (f"{RLS}create policy p on public.t for delete using (true);", "all", "none"),
    "select is not granted": (f"{T}revoke select on public.t from anon;", "all", "none"),
    "select lets as much through": (using("true"), "all", None),
    "select lets less through": (
        f"{RLS}create policy p on public.t for delete using (true);create policy q on public.t using (open);",
        "all",
        "some",
    ),
}


@pytest.mark.parametrize(("sql", "access", "filtered"), FILTERED.values(), ids=FILTERED)
def test_a_where_needs_select_too(sql: str, access: str, filtered: str | None) -> None:
    cell = one(sql, "anon", "delete")
    assert (cell.access, cell.filtered) == (access, filtered)


def test_what_is_unknown_is_no_cell() -> None:
    dynamic = (
        "do $$ begin execute format('alter table public.t %s row level security', current_setting('x.y')); end $$;"
    )
    assert row(cells(f"{T}{dynamic}"), "anon") == "unknown unknown unknown unknown"
    assert row(cells(f"{T}revoke all on public.t from anon;{dynamic}"), "anon") == NONE
    known = (
        "create function public.f() returns boolean language plpgsql as $$ begin return (select n = 'x' from public.t "
    )
    calls = f"{known}limit 1); end $$;"
    assert (
        one(
            f"{T}{calls}alter table public.t enable row level security;create policy p on public.t for select using "
            "(public.f());",
            "anon",
            "select",
        ).access
        == "unknown"
    ), "it may ask itself for ever"


def test_auth_uid_is_trusted_only_where_it_is_the_platforms() -> None:
    bare = "create schema auth; create role anon; grant usage on schema public, auth to anon;"
    own = "create function auth.uid() returns uuid language sql as 'select null::uuid';"
    sql = f"{bare}{own}{using('auth.uid() = who')}grant select on public.t to anon;"
    made = project({"1.sql": sql}, "version: 1\ntarget: {platform: none}\n")
    found = matrix(Schema(made, simulated(made), made.target), ["anon"])
    assert [each.access for each in found] == ["some", "none", "none", "none"]


def test_a_replaced_auth_uid_says_nothing() -> None:
    granted = "grant execute on function auth.uid() to anon;"
    other = "create or replace function auth.uid() returns uuid language sql as 'select gen_random_uuid()';"
    sql = using("auth.uid() = who")
    assert row(cells(granted + sql), "authenticated") == OWN
    assert row(cells(other + sql), "authenticated") == SOME


FUNCTIONS = {
    "as a view would": ("returns setof public.t language sql as 'select * from public.t'", "all", False),
    "the user's own": ("returns setof public.t language sql as 'select * from public.t where who = auth.uid()'", "none",
        False),
    "something of it": ("returns text language sql as 'select n from public.t limit 1'", "none", True),
    "a judgement": ("returns boolean language sql as 'select exists (select 1 from public.t)'", "none", False),
}  # fmt: skip


@pytest.mark.parametrize(("body", "access", "blurred"), FUNCTIONS.values(), ids=FUNCTIONS)
def test_security_definer_functions(body: str, access: str, blurred: bool) -> None:
    cell = one(
        f"{RLS}create function public.f() {body[: body.index(' language')]} security definer"
        f"{body[body.index(' language') :]};",
        "anon",
        "select",
    )
    assert (cell.access, bool(cell.blurred)) == (access, blurred)


def test_json_is_what_its_schema_says() -> None:
    published = json.loads(printed.PUBLISHED.read_text("utf-8"))
    assert printed.PUBLISHED.read_text("utf-8") == printed.schema_text(), "python -m pasteproof.checks.output.access"
    for sql, *_ in STORIES.values():
        document = json.loads(printed.as_json(schema_of(sql), cells(sql)))
        jsonschema.validate(document, published)
        assert document["tables"][0]["table"].endswith(".t")


def test_text_names_every_policy_and_keeps_names_as_they_are() -> None:
    sql = using("auth.uid() = who").replace("policy p", 'policy "select, insert"')
    text = printed.as_text(schema_of(sql), cells(sql))
    assert text.splitlines()[0] == "public.t (row level security on)"
    assert 'policy "select, insert" lets through rows whose who is the user\'s id' in text.replace("\n      ", " ")
    assert "authenticated select, insert, update, delete: own" in text
    markdown = printed.as_markdown(schema_of(sql), cells(sql))
    assert "| public.t | authenticated | own | own | own | own |" in markdown
