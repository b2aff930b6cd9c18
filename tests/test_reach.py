"""By which way a role gets at a table: each step in words, with the place of the GRANT where it is known."""

import pytest

from pasteproof.checks.lint import simulated
from pasteproof.checks.reach import Way
from pasteproof.checks.schema import Schema
from pasteproof.schema.names import qualified
from pasteproof.schema.objects.table import Table

from .projects import project

T = "create table public.t (id int, who uuid);\nalter table public.t enable row level security;\n"
CLOSED = "revoke all on public.t from anon, authenticated;\n"
BOTH = ("anon", "authenticated")


def schema_of(sql: str, yaml: str = "version: 1\ntarget: {default_grants: exposed}\n") -> Schema:
    made = project({"1.sql": sql}, yaml)
    return Schema(made, simulated(made), made.target)


def ways(sql: str, name: str = "public.t") -> list[Way]:
    schema = schema_of(sql)
    table = schema.catalog.get(Table, name)
    assert table is not None
    return schema.ways(table)


DIRECT = {
    "the default privileges": (T, ("anon and authenticated hold SELECT, INSERT, UPDATE and DELETE on public.t (the "
        "default privileges of schema public)")),
    "a GRANT and its place": (f"{T}{CLOSED}grant select on t to anon;", ("anon holds SELECT on public.t (granted at "
        "1.sql:4)")),
    "the last GRANT": ((f"{T}{CLOSED}grant select on t to anon;\nrevoke select on t from anon;\ngrant all on public.t "
        "to anon;"), "anon holds SELECT, INSERT, UPDATE and DELETE on public.t (granted at 1.sql:6)"),
    "a GRANT that names it in escapes": (f'{T}{CLOSED}grant select on public.U&"\\0074" to anon;',
        "anon holds SELECT on public.t (granted at 1.sql:4)"),
    "a GRANT to PUBLIC": (f"{T}{CLOSED}grant delete on t to public;", ("anon and authenticated hold DELETE on public.t "
        "(granted at 1.sql:4 to PUBLIC)")),
    "a GRANT on all in the schema": (f"{T}{CLOSED}grant select on all tables in schema public to authenticated;",
        "authenticated holds SELECT on public.t (granted at 1.sql:4)"),
    "a GRANT on some columns": (f"{T}{CLOSED}grant select (id, who) on t to anon;", ("anon holds SELECT on id and who "
        "of public.t (granted at 1.sql:4)")),
    "a membership": (f"{T}{CLOSED}create role reader;\ngrant reader to anon;\ngrant select on t to reader;", ("anon "
        "holds SELECT on public.t (granted at 1.sql:6 to reader, of which anon is a member)")),
    "default privileges of its own": (("alter default privileges in schema public grant truncate on tables to "
        f"anon;\nalter default privileges in schema public revoke all on tables from anon, authenticated;\n"
        f"alter default privileges in schema public grant select on tables to anon;\n{T}"), ("anon holds SELECT on "
        "public.t (the default privileges of schema public, set at 1.sql:3)")),
    "default privileges that came too late": ((f"{T}{CLOSED}alter default privileges in schema public grant select on "
        "tables to anon;\ngrant select on t to anon;"), "anon holds SELECT on public.t (granted at 1.sql:5)"),
}  # fmt: skip


@pytest.mark.parametrize(("sql", "line"), DIRECT.values(), ids=DIRECT)
def test_what_is_held_and_where_it_was_granted(sql: str, line: str) -> None:
    (way,) = ways(sql)
    assert way.why == ("the API serves schema public", line)
    assert all(f"at {each.location.file}:{each.location.line}" in each.message for each in way.related)


@pytest.mark.parametrize("name", ["Tag Line", "ярлык", "ab", "42"])
def test_a_grant_is_found_by_whatever_name(name: str) -> None:
    quoted = '"' + name.replace('"', '""') + '"'
    sql = f"create table {quoted} ();\nrevoke all on {quoted} from anon, authenticated;\n"
    (way,) = ways(f"{sql}grant select on {quoted} to anon;", qualified("public", name))
    assert way.why[-1].endswith("(granted at 1.sql:3)")


def test_no_usage_no_way() -> None:
    made = "create schema app;\ncreate table app.t (id int);\ngrant select on app.t to anon;\n"
    yaml = "version: 1\ntarget: {default_grants: exposed, exposed: [public, app]}\n"
    for sql, expected in ((made, 0), (f"{made}grant usage on schema app to anon;", 1)):
        schema = schema_of(sql, yaml)
        table = schema.catalog.get(Table, "app.t")
        assert table is not None
        found = schema.ways(table)
        assert len(found) == expected
        assert not schema_of(sql).ways(table), "a schema that the API does not serve"
    assert found[0].why[0] == "anon holds USAGE on schema app (granted at 1.sql:4)"


VIEWS = {
    "with the owner's rights": ("create view v as select id from t;", [("public.v",)], True),
    "with the rights of whoever asks": ("create view v with (security_invoker) as select id from t;", [("public.v",)],
        False),
    "a chain": (("create schema priv;\ncreate view priv.w as select id from t;\ncreate view v with (security_invoker) "
        "as select id from priv.w;"), [("public.v", "priv.w")], True),
    "an invoker's view inside": (("create schema priv;\ncreate view priv.w with (security_invoker) as select id from t;"
        "\ncreate view v as select id from priv.w;"), [("public.v", "priv.w")], False),
    "a copy": ("create materialized view v as select id from t;", [("public.v",)], True),
    "an invoker's view below a copy": (("create schema priv;\ncreate view priv.w with (security_invoker) as select id "
        "from t;\ncreate materialized view v as select id from priv.w;"), [("public.v", "priv.w")], True),
    "nobody may read it": ("create view v as select id from t;\nrevoke all on v from anon, authenticated;", [], False),
}  # fmt: skip


@pytest.mark.parametrize(("sql", "through", "unchecked"), VIEWS.values(), ids=VIEWS)
def test_through_views(sql: str, through: list[tuple[str, ...]], unchecked: bool) -> None:
    found = ways(T + CLOSED + sql)
    assert [tuple(identity for _, identity in way.through) for way in found] == through
    assert all(way.unchecked is unchecked for way in found)


FUNCTIONS = {
    "select": ("language sql as 'select id from public.t'", ("select",), False),
    "insert": ("language sql as 'insert into public.t values (1) returning id'", ("insert",), False),
    "bare names, along the path": ("language sql as 'select id from t'", ("select",), False),
    "plpgsql": ("language plpgsql as 'begin update t set id = 1; return (select id from t); end'",
        ("select", "update"), False),
    "a common table of the same name": ("language sql as 'with t as (select 1 as id) select id from t'", (), False),
    "another schema's": ("set search_path = '' language sql as 'select 1'", (), False),
    "a call of a function that reads": ("language sql as 'select inner_f()'", ("select",), False),
    "a view in it": ("language sql as 'select id from v'", ("select",), False),
}  # fmt: skip


@pytest.mark.parametrize(("body", "commands", "silent"), FUNCTIONS.values(), ids=FUNCTIONS)
def test_through_functions(body: str, commands: tuple[str, ...], silent: bool) -> None:
    inner = "create function inner_f() returns int language sql as 'select id from public.t';\n"
    view = "create view v as select id from t;\nrevoke all on v from anon, authenticated;\n"
    found = ways(f"{T}{CLOSED}{inner}{view}create function f() returns int security definer {body};")
    assert [(way.commands, way.silent, way.unchecked) for way in found] == (
        [(commands, silent, True)] if commands else []
    )
    taken = ways(
        f"{T}{CLOSED}{inner}{view}create function f() returns int security definer {body};\n"
        "revoke execute on function f() from public, anon, authenticated;"
    )
    assert taken == []


def test_a_function_that_only_judges() -> None:
    (way,) = ways(
        f"{T}{CLOSED}create function has() returns boolean security definer language sql as "
        "'select exists (select 1 from public.t where who = auth.uid())';"
    )
    assert way.silent
    assert way.why[-1] == "public.has() reads public.t with the rights of its owner postgres"
