"""Snapshots: what the migrations make, what a live database holds, and that both are the same JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from click.testing import CliRunner, Result

from pasteproof.bundle.prompts import editor_prompts
from pasteproof.cli import main
from pasteproof.connect import editor
from pasteproof.schema.objects.privilege import all_privileges
from pasteproof.schema.simulate import Simulation, platform_catalog, simulate
from pasteproof.schema.snapshots import snapshot
from pasteproof.schema.snapshots.grid import GridError
from pasteproof.schema.snapshots.json_schema import PUBLISHED, printed
from pasteproof.schema.snapshots.query import RefusedError, query, read
from pasteproof.schema.source import Source
from pasteproof.tests.bundle.pasting import example_bundle, judged

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pasteproof.connect.server import Database, Server

EXAMPLE = Path(__file__).parents[1] / "examples" / "integration_logs_mended"
MIGRATION = EXAMPLE / "supabase" / "migrations" / "004_integration_logs.sql"
EXPORTS: tuple[tuple[editor.Format, bool], ...] = tuple(
    (form, old) for form in ("json", "csv", "markdown") for old in (False, True)
)
# What is hard to print, to encode, or to tell from the platform's own
ODD = r"""
create schema "Odd | one";
create table "Odd | one"."a""b\c%d" (
  id bigint generated always as identity primary key,
  "x.y" text default E'a|b\\c%\n\t' check ("x.y" <> '|'),
  owner uuid references auth.users (id) on delete cascade
);
comment on table "Odd | one"."a""b\c%d" is E' spaces \u00a0 \u200b, \r\n line | pipe % \\ <br> ';
comment on column "Odd | one"."a""b\c%d".id is 'Ключ | 鍵';
create type public.mood as enum ('so|so', 'happy');
create domain public.email as text constraint at check (value ~ '@');
create function public.touch() returns trigger language plpgsql set search_path = '' as $$ begin return new; end $$;
create trigger on_signup after insert on auth.users for each row execute function public.touch();
create policy "own | files" on storage.objects for select to authenticated
  using (bucket_id = 'a|b' and owner_id = auth.uid()::text);
create view public.v with (security_invoker = on) as select "x.y" || '|' as z from "Odd | one"."a""b\c%d";
create table public.p (id int, at date) partition by range (at);
create table public.p1 partition of public.p for values from ('2024-01-01') to ('2025-01-01');
create index on public.p (at) where id > 3;
grant select ("x.y") on "Odd | one"."a""b\c%d" to anon;
alter default privileges in schema public revoke select on tables from anon;
create publication pub for table public.p1;
alter publication supabase_realtime add table public.p1;
create function extensions.helper(a int default 3) returns int language sql immutable as 'select a';
create materialized view public.m as select count(*) as n from public.p1;
revoke execute on function public.touch() from public, anon;
create table public.printed (t timestamptz default now(), i interval default '1 day', d date default '2020-02-03',
  b bytea default '\x00ff');
"""
# Settings of a database on which printing depends
STRANGE = {
    "search_path": '"Odd | one", extensions, auth',
    "DateStyle": "'German'",
    "IntervalStyle": "'iso_8601'",
    "quote_all_identifiers": "on",
    "bytea_output": "'escape'",
    "jit_above_cost": "0",
}
SQL = {"the example": MIGRATION.read_text("utf-8"), "odd names": ODD}


def simulated(sql: str) -> Simulation:
    return simulate(platform_catalog(), [], [Source.from_text("001_all.sql", sql)])


@pytest.fixture(scope="module", params=SQL)
def project(request: pytest.FixtureRequest, server: Server) -> Iterator[tuple[Simulation, Database]]:
    """A project, simulated and made."""
    sql = SQL[request.param]
    with server.database() as database:
        assert editor.run(database.dsn(), sql).error is None
        yield simulated(sql), database


@pytest.fixture(scope="module")
def rows(server: Server) -> list[dict[str, Any]]:
    """The grid of the example."""
    with server.database() as database:
        assert editor.run(database.dsn(), SQL["the example"]).error is None
        return pasted(database)


def pasted(database: Database, text: str = "") -> list[dict[str, Any]]:
    answer = editor.run(database.dsn(), text or query())
    assert answer.error is None, answer.error.shown
    return answer.rows


def keys(found: snapshot.Snapshot) -> set[tuple[str, str]]:
    return {(each.kind, each.identity) for each in found.objects}


def ran(*arguments: str, stdin: str = "") -> Result:
    return CliRunner().invoke(main, ["snapshot", *arguments], input=stdin, catch_exceptions=False)


# -- simulated and live ------------------------------------------------------------------------------------


def test_a_live_database_is_what_was_simulated(project: tuple[Simulation, Database]) -> None:
    simulation, database = project
    answer = read(editor.export(pasted(database), "json"))
    mine = {each.key: each for each in (*simulation.after, *all_privileges(simulation.after))}
    shown = keys(snapshot.live(answer.objects, answer.database))
    assert shown == keys(snapshot.simulated(simulation.after))
    for real in answer.objects:
        if real.key in shown:
            differ = [name for name in real.attribute_names() if not mine[real.key].likeness(real, name).same]
            assert not differ, (real.key, [(getattr(mine[real.key], n), getattr(real, n)) for n in differ])


def test_the_platform_is_the_same_too(project: tuple[Simulation, Database]) -> None:
    simulation, database = project
    answer = read(editor.export(pasted(database, query(with_platform=True)), "json"))
    assert answer.with_platform
    whole = snapshot.live(answer.objects, answer.database, with_platform=True)
    refusals = {key for key in keys(whole) if key[0] == "event_trigger"}  # those of the private server
    assert keys(whole) - refusals == keys(snapshot.simulated(simulation.after, with_platform=True))
    left = read(editor.export(pasted(database), "json"))
    assert snapshot.live(answer.objects, answer.database).objects == snapshot.live(left.objects, left.database).objects


@pytest.mark.parametrize("line_end", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_every_export_gives_the_same_json(project: tuple[Simulation, Database], line_end: str) -> None:
    _, database = project
    grid = pasted(database, query().replace("\n", line_end))
    texts = {editor.export(grid, form, old=old) for form, old in EXPORTS}
    assert len(texts) == 4  # JSON and, encoded as cells are, Markdown have not changed
    first, *others = (read(text) for text in texts)
    assert all(other == first for other in others)


def test_the_settings_of_the_database_do_not_matter(project: tuple[Simulation, Database]) -> None:
    _, database = project
    before = read(editor.export(pasted(database), "json")).objects
    with database.connect("supabase_admin") as connection:
        for name, value in STRANGE.items():
            connection.execute(f"alter role postgres in database {database.name} set {name} = {value}".encode())
    try:
        assert read(editor.export(pasted(database), "json")).objects == before
    finally:
        with database.connect("supabase_admin") as connection:
            connection.execute(f"alter role postgres in database {database.name} reset all".encode())


def test_operators_of_the_search_path_are_not_heard(database: Database) -> None:
    hostile = "create function public.no(name, name) returns boolean language sql as 'select false';"
    hostile += "create operator public.= (leftarg = name, rightarg = name, function = public.no);"
    assert editor.run(database.dsn(), hostile).error is None
    answer = read(editor.export(pasted(database, "set search_path = public, pg_catalog;\n" + query()), "json"))
    assert ("function", "public.no(name, name)") in {each.key for each in answer.objects}


def test_what_a_bundle_made_is_what_was_simulated(database: Database) -> None:
    assert editor.run(database.dsn(), example_bundle().files["bundle.sql"]).error is None
    answer = read(editor.export(pasted(database), "json"))
    assert ("table", "supabase_migrations.schema_migrations") in {each.key for each in answer.objects}
    after = simulated(SQL["the example"]).after
    assert keys(snapshot.live(answer.objects, answer.database)) == keys(snapshot.simulated(after))


def test_as_the_editor_shows_it(rows: list[dict[str, Any]]) -> None:
    text = query()
    assert len(rows) > 100
    assert "--" in text  # no LIMIT is appended to a text with a comment
    assert len(query(with_platform=True).encode()) < 900_000
    assert editor_prompts(text) == editor_prompts(query(with_platform=True)) == ()


def test_it_leaves_nothing_and_is_never_empty(database: Database) -> None:
    assert len(pasted(database, "set default_transaction_read_only = on;\n" + query())) > 1
    answer = read(editor.export(pasted(database), "json"))
    assert {kind for kind, _ in keys(snapshot.live(answer.objects, answer.database))} == {
        "default_privilege", "extension", "privilege", "publication", "schema",
    }  # fmt: skip


def test_what_is_of_the_platform() -> None:
    after = simulated(ODD + "create role reporter;").after
    shown, whole = (keys(snapshot.simulated(after, with_platform=platform)) for platform in (False, True))
    assert shown < whole
    assert {  # what is stood on, what is one's own in a schema of the platform, what is always there
        ("table", "auth.users"), ("table", "storage.objects"), ("trigger", "on_signup on auth.users"),
        ("policy", '"own | files" on storage.objects'), ("function", "extensions.helper(integer)"),
        ("schema", "public"), ("privilege", "usage on schema public to anon"), ("role", "reporter"),
        ("extension", "pgcrypto"), ("publication", "supabase_realtime"),
        ("default_privilege", "for role postgres in schema public on tables grant select to authenticated"),
    } <= shown  # fmt: skip
    assert not {
        ("schema", "auth"), ("table", "auth.sessions"), ("column", "auth.users.id"), ("function", "auth.uid()"),
        ("role", "anon"), ("role", "supabase_admin"), ("comment", "on schema public"),
        ("trigger", "update_objects_updated_at on storage.objects"),
    } & shown  # fmt: skip
    assert ("default_privilege", "for role postgres in schema public on tables grant select to anon") not in whole


@pytest.mark.parametrize(
    ("sql", "key"),
    [
        ("grant select on auth.users to anon;", ("privilege", "select on table auth.users to anon")),
        ("grant usage on schema auth to reporter;", ("privilege", "usage on schema auth to reporter")),
        ("alter role authenticated bypassrls;", ("role", "authenticated")),
        ("comment on schema public is 'ours';", ("comment", "on schema public")),
        ("grant create on schema auth to postgres; set role postgres; create table auth.mine (id int);",
         ("column", "auth.mine.id")),
        ("alter default privileges for role postgres in schema storage grant select on tables to reporter;",
         ("default_privilege", "for role postgres in schema storage on tables grant select to reporter")),
    ],
)  # fmt: skip
def test_what_was_changed_of_the_platform_is_seen(sql: str, key: tuple[str, str]) -> None:
    before, after = (
        simulated(f"set role supabase_admin; create role reporter; {more} reset role;").after for more in ("", sql)
    )
    assert key in keys(snapshot.simulated(after)) - keys(snapshot.simulated(before))


def test_without_a_platform_there_is_none_to_leave_out() -> None:
    source = Source.from_text("1.sql", "create schema auth; create table auth.users (id int);")
    after = simulate(platform_catalog(platform="none"), [], [source]).after
    found = keys(snapshot.simulated(after))
    assert {("schema", "auth"), ("table", "auth.users"), ("column", "auth.users.id")} <= found


# -- what is refused ---------------------------------------------------------------------------------------


def without(rows: list[dict[str, Any]], number: int) -> list[dict[str, Any]]:
    return [*rows[:number], *rows[number + 1 :]]


def edited(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row | {"actual": row["actual"].replace("false", "true")} for row in rows]


def from_another_version(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    facts = rows[-1]["attribute"].replace("format=1", "format=9")
    return resealed([*rows[:-1], rows[-1] | {"attribute": facts}])


def with_fewer_attributes(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    number = next(n for n, row in enumerate(rows) if row["kind"] == "policy")
    attributes = json.loads(rows[number]["actual"].replace("%5C", "\\"))
    del attributes["using"]
    cell = json.dumps(attributes).replace("\\", "%5C")
    return resealed([*rows[:number], rows[number] | {"actual": cell}, *rows[number + 1 :]])


def resealed(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    import hashlib

    *others, trailer = rows
    lines = ["|".join(row.values()) for row in [*others, trailer | {"actual": ""}]]
    digest = hashlib.md5("\n".join(lines).encode(), usedforsecurity=False).hexdigest()
    return [*others, trailer | {"actual": digest}]


CHANGES: dict[str, tuple[Callable[[list[dict[str, Any]]], list[dict[str, Any]]], str]] = {
    "the end is missing": (lambda rows: rows[:100], "the trailer, its last row, is missing"),
    "a row is missing": (lambda rows: without(rows, 40), "rows are missing"),
    "the first row is missing": (lambda rows: rows[1:], "rows are missing"),
    "cells were edited": (edited, "do not match the trailer's md5"),
    "another version's": (from_another_version, "another version of pasteproof"),
    "an attribute is missing": (with_fewer_attributes, "is not what this version of pasteproof reads"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_result_that_is_not_whole_is_refused(change: str, rows: list[dict[str, Any]]) -> None:
    spoil, said = CHANGES[change]
    for form, old in EXPORTS:
        text = editor.export(spoil(rows), form, old=old)
        with pytest.raises(RefusedError, match=said):
            read(text)
    done = ran("--read", "-", stdin=editor.export(spoil(rows), "json"))
    assert (done.exit_code, done.stdout) == (1, "")
    assert said in done.stderr


def test_a_seal_over_what_was_not_changed_holds(rows: list[dict[str, Any]]) -> None:
    assert resealed(rows) == rows


def test_the_select_alone_is_refused(database: Database) -> None:
    text = query()
    select = text[text.index("with live_rows") :]
    with pytest.raises(RefusedError, match="without the lines before it"):
        read(editor.export(pasted(database, select), "json"))


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ('ERROR:  42501: permission denied for table "x"\n', 1, "an error (42501)"),
        ("Success. No rows returned", 1, "Success. No rows returned"),
        ('[{"a": 1}]', 2, "its columns are a"),
        ('[{"seq": ', 2, "cut or damaged"),
        ("", 2, "it is empty"),
        ("a,b\n1,2\n", 2, "schema snapshot --query, header included"),
        ('{"version": 1}', 2, "given to schema diff as it is"),
    ],
)
def test_what_is_no_result_at_all(text: str, code: int, said: str, tmp_path: Path) -> None:
    (tmp_path / "pasted").write_text(text, "utf-8")
    done = ran("--read", "pasted", "-C", str(tmp_path))
    assert (done.exit_code, done.stdout) == (code, "")
    assert said in done.stderr


def test_the_grid_of_a_bundle_is_another_thing(database: Database) -> None:
    assert editor.run(database.dsn(), example_bundle().files["bundle.sql"]).error is None
    with pytest.raises(RefusedError, match="it is the grid of verify"):
        read(editor.export(pasted(database, example_bundle().files["verify.sql"]), "json"))
    with pytest.raises(GridError):
        read("seq,kind\n1,2\n")
    as_evidence = judged(example_bundle(), editor.export(pasted(database), "json"))
    assert not as_evidence.decision.accepted


# -- the command -------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    files = {
        "001_a.sql": "create table public.a (id int primary key, t text default 'sb_secret_abcdefghijklmnop');\n",
        "002_b.sql": "create table public.b (id int);\n"
        "create table public.b (id int);\n"
        "do $$ begin execute current_setting('app.sql'); end $$;\n",
    }
    (tmp_path / "schema.yaml").write_text("version: 1\ntarget: {default_grants: exposed}\n", "utf-8")
    for name, text in files.items():
        (tmp_path / "supabase" / "migrations").mkdir(parents=True, exist_ok=True)
        (tmp_path / "supabase" / "migrations" / name).write_text(text, "utf-8")
    return tmp_path


def objects(done: Result) -> dict[tuple[str, str], dict[str, Any]]:
    return {(each["kind"], each["identity"]): each for each in json.loads(done.stdout)["objects"]}


def test_what_the_migrations_make(folder: Path) -> None:
    (folder / "supabase/migrations/002_b.sql").write_text("alter table public.a enable row level security;\n", "utf-8")
    done = ran("-C", str(folder))
    assert (done.exit_code, done.stderr) == (0, "")
    table = objects(done)["table", "public.a"]
    assert table["attributes"] | {"row_security": True, "owner": "postgres"} == table["attributes"]
    assert table["made_at"] == {"file": "supabase/migrations/001_a.sql", "line": 1, "column": 1}
    assert table["changed_at"] == {"file": "supabase/migrations/002_b.sql", "line": 1, "column": 1}
    order = [(each["kind"], each["identity"]) for each in json.loads(done.stdout)["objects"]]
    assert order == sorted(order)
    assert ran("-C", str(folder)).stdout == done.stdout


def test_what_is_not_known_is_said(folder: Path) -> None:
    done = ran("-C", str(folder))
    assert done.exit_code == 0
    (gap,) = json.loads(done.stdout)["unknown"]
    assert (gap["file"], gap["line"], gap["may_touch"]) == ("supabase/migrations/002_b.sql", 3, ["*"])
    table = objects(done)["table", "public.a"]
    assert (table["attributes"], table["unknown"]) == ({}, ["*"])
    assert "1 statement would fail" in done.stderr


def test_what_rests_on_an_assumption_says_so(tmp_path: Path) -> None:
    migrations = tmp_path / "supabase" / "migrations"
    migrations.mkdir(parents=True)
    (migrations / "1_a.sql").write_text(
        "create table orders (id int, owner int references customers (id));\ncreate table plain (id int);\n"
        "create view all_orders as select id from orders;\n"
        "alter table customers enable row level security;\ngrant select on legacy to anon;\n"
    )
    (tmp_path / "schema.yaml").write_text("version: 1\nexternal: [table public.legacy]\n")
    found = objects(ran("-C", str(tmp_path)))
    customers = ["table public.customers"]
    assert found["table", "public.customers"]["origin"] == "assumed"
    assert found["table", "public.legacy"]["origin"] == "external"
    assert found["table", "public.orders"]["rests_on"] == customers
    assert found["column", "public.orders.id"]["rests_on"] == customers
    assert found["view", "public.all_orders"]["rests_on"] == customers  # through the table
    assert found["privilege", "select on view public.all_orders to anon"]["rests_on"] == customers
    sure = {"origin", "rests_on"}
    assert not sure & found["table", "public.plain"].keys()
    assert not sure & found["privilege", "select on table public.plain to anon"].keys()


def test_a_secret_is_not_repeated(folder: Path) -> None:
    (folder / "supabase/migrations/002_b.sql").unlink()
    done = ran("-C", str(folder))
    assert "sb_secret" not in done.stdout
    column = objects(done)["column", "public.a.t"]
    assert column["unknown"] == ["default"]
    assert "default" not in column["attributes"]


def test_a_secret_of_a_live_database_is_not_repeated(database: Database, tmp_path: Path) -> None:
    sql = "create table public.a (id int, t text default 'sb_secret_abcdefghijklmnop')"
    assert editor.run(database.dsn(), sql).error is None
    (tmp_path / "pasted.csv").write_text(editor.export(pasted(database), "csv"), "utf-8", newline="")
    done = ran("--read", "pasted.csv", "-C", str(tmp_path))
    assert done.exit_code == 0
    assert "sb_secret" not in done.stdout
    assert objects(done)["column", "public.a.t"]["unknown"] == ["default"]


def test_a_path_limits_what_is_shown(folder: Path) -> None:
    done = ran("-C", str(folder), "supabase/migrations/001_a.sql")
    names = {identity for kind, identity in objects(done) if kind == "table"}
    assert names == {"public.a"}
    assert ("privilege", "select on table public.a to anon") not in objects(done)  # not known after the DO


def test_a_file_that_cannot_be_read_is_a_gap(folder: Path) -> None:
    (folder / "supabase/migrations/003_c.sql").write_bytes(b"\xff\xfe\x00")
    done = ran("-C", str(folder))
    assert done.exit_code == 2
    assert json.loads(done.stdout)["unknown"][0]["file"] == "supabase/migrations/003_c.sql"


@pytest.mark.parametrize(
    "arguments", [["--query", "--read", "x"], ["--query", "a.sql"], ["--read", "x", "a.sql"], ["--read", "missing"]]
)
def test_what_cannot_be_run(arguments: list[str], tmp_path: Path) -> None:
    done = ran("-C", str(tmp_path), *arguments)
    assert (done.exit_code, done.stdout) == (2, "")


def test_a_result_without_the_platform_has_none(rows: list[dict[str, Any]]) -> None:
    done = ran("--read", "-", "--platform", stdin=editor.export(rows, "markdown"))
    assert done.exit_code == 2
    assert "--platform" in done.stderr


# -- the published schema ----------------------------------------------------------------------------------


def test_the_published_schema_is_fresh() -> None:
    assert PUBLISHED.read_text("utf-8") == printed()


def test_both_kinds_of_snapshots_are_as_published(rows: list[dict[str, Any]], folder: Path) -> None:
    validator = jsonschema.Draft202012Validator(json.loads(PUBLISHED.read_text("utf-8")))
    whole = snapshot.printed(snapshot.simulated(simulated(ODD).after, with_platform=True))
    live = ran("--read", "-", stdin=editor.export(rows, "json")).stdout
    for text in (whole, live, ran("-C", str(folder)).stdout, ran("-C", str(EXAMPLE)).stdout):
        validator.validate(json.loads(text))
    broken = json.loads(live)
    broken["objects"][0]["attributes"]["nonsense"] = 1
    assert list(validator.iter_errors(broken))
