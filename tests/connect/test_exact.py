"""The exact catalog: what a server has, with the places of the simulation."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from pasteproof.checks.commands.reading import notes
from pasteproof.checks.lint import Options, lint, simulated
from pasteproof.cli import main
from pasteproof.connect import dsn
from pasteproof.connect.exact import Reading, of_database, on_server
from pasteproof.schema.catalog import Catalog, Missing, Rejection, Unmodelled
from pasteproof.schema.exact import Contradiction, exact
from pasteproof.schema.objects.function import Function
from pasteproof.schema.objects.policy import Policy
from pasteproof.schema.objects.privilege import all_privileges
from pasteproof.schema.objects.table import Table
from pasteproof.schema.project import load
from pasteproof.schema.simulate import platform_catalog, run_source
from pasteproof.schema.source import Source
from pasteproof.tests.projects import project

if TYPE_CHECKING:
    from pasteproof.connect.server import Database, Server

EXAMPLES = sorted(path.parent for path in (Path(__file__).parents[2] / "examples").glob("*/schema.yaml"))
PLAIN = """
create table public.note (id bigint generated always as identity primary key, body text default 'a' || 'b');
alter table public.note enable row level security;
create policy "all" on public.note for select to authenticated using (id in (1, 2));
create view public.bodies as select body from public.note;
revoke all on public.note from anon;
"""
# What no one can say of it without running it
DYNAMIC = """
do $$ begin
  execute format('create view public.wide as select id, body from public.note -- %s', now());
  execute format('create policy hidden on public.note using (true) -- %s', now());
  execute format('create function public.count() returns bigint language sql as %L -- %s',
                 'select count(*) from note', now());
end $$;
"""
AT_A_TIME = {
    "a transaction that fails is lost": """
        begin;
        create table public.lost (id int);
        insert into public.lost values (1 / (select count(*) from public.lost));
        create table public.lost_too (id int);
        commit;
        create table public.kept (id int);
    """,
    "one that is rolled back is gone": "begin; create table public.gone (id int); rollback;",
    "names follow the search_path of the session": "create schema s; set search_path = s; create table t (id int);",
}


def read(server: Server, files: dict[str, str], yaml: str = "version: 1\n", applied: tuple[str, ...] = ()) -> Reading:
    made = project(files, yaml, applied)
    return on_server(server, made, simulated(made))


def test_where_all_is_known_exact_is_what_offline_is(server: Server) -> None:
    made = project({"001_a.sql": PLAIN})
    offline = simulated(made)
    reading = on_server(server, made, offline)
    assert not list(notes(reading))
    mine, real = reading.simulation.after, offline.after
    assert {each.key for each in mine} == {each.key for each in real}
    assert {each.identity for each in all_privileges(mine)} == {each.identity for each in all_privileges(real)}
    for each in mine:
        same = real.find(each.key)
        assert same is not None
        assert (each.key, each.made_at, each.changed_at) == (same.key, same.made_at, same.changed_at)
        assert each.origin == same.origin
        assert not each.unknown
        if each.origin == "made":
            assert mine.depends_on(each.key) == real.depends_on(each.key)
    assert lint(made, Options()).findings == lint(made, Options(), reading.simulation).findings


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_the_examples_are_the_same_both_ways(server: Server, example: Path) -> None:
    made = load(example)
    offline = simulated(made)
    reading = on_server(server, made, offline)
    assert not list(notes(reading))
    assert lint(made, Options(), reading.simulation).findings == lint(made, Options(), offline).findings


def test_what_could_not_be_followed_is_known_with_its_place(server: Server) -> None:
    made = project({"001_a.sql": PLAIN, "002_b.sql": DYNAMIC})
    offline = simulated(made)
    assert any(isinstance(each, Unmodelled) for each in offline.events)
    reading = on_server(server, made, offline)
    assert not list(notes(reading))
    assert not reading.simulation.events
    wide = reading.simulation.after.find(("view", "public.wide"))
    assert wide is not None
    assert wide.made_at is not None
    assert wide.made_at.file == "002_b.sql"
    found = {
        (each.rule, each.object and each.object.identity, each.location and each.location.file)
        for each in lint(made, Options(), reading.simulation).findings
    }
    assert ("security_definer_view", "public.wide", "002_b.sql") in found
    hidden = reading.simulation.after.get(Policy, "hidden on public.note")
    assert hidden is not None
    assert hidden.using == "true"
    count = reading.simulation.after.get(Function, "public.count()")
    assert count is not None
    assert count.source == "select count(*) from note"


def test_history_ends_where_it_ends(server: Server) -> None:
    reading = read(server, {"001_a.sql": PLAIN, "002_b.sql": DYNAMIC}, applied=("001_a.sql",))
    assert ("view", "public.wide") not in reading.simulation.before
    assert ("view", "public.wide") in reading.simulation.after


def test_what_needs_something_made_elsewhere_stays_simulated(server: Server) -> None:
    files = {"001_a.sql": "create table public.child (id int, owner uuid references public.users (id));\n" + PLAIN}
    told = read(server, files)
    assert any("1 statement was refused" in line for line in notes(told))
    assert [type(each) for each in told.simulation.events] == [Missing]
    for reading in (told, read(server, files, "version: 1\nexternal: [table public.users]\n")):
        child = reading.simulation.after.get(Table, "public.child")
        assert child is not None
        assert not reading.contradictions
        assert not reading.refusals
        assert reading.lost == 1


@pytest.mark.parametrize("sql", AT_A_TIME.values(), ids=AT_A_TIME.keys())
def test_statements_run_as_the_history_says(server: Server, sql: str) -> None:
    reading = read(server, {"001_a.sql": sql})
    assert not reading.contradictions
    assert not reading.refusals


def test_what_the_server_refuses_is_a_finding_still(server: Server) -> None:
    reading = read(server, {"001_a.sql": "create table public.a (id int, id int);\n\\d\nselekt 1;\n"})
    assert [each.sqlstate for each in reading.simulation.events if isinstance(each, Rejection)] == [
        "42701",
        "42601",
        "42601",
    ]
    assert not reading.refusals


def test_rows_decide_nothing_here(server: Server) -> None:
    reading = read(server, {"001_a.sql": "create table public.a (id int); select 1 / count(*) from public.a;"})
    assert reading.on_rows == 1
    assert not reading.refusals


OF_THE_SERVER = {
    "what the platform refuses": "create function auth.mine() returns int language sql as 'select 1';",
    "rows of a COPY": "create table public.a (id int);\ncopy public.a from stdin;\n1\n\\.\n",
    "a setting of a newer major": "set transaction_timeout_of_tomorrow = 0;",
    "a function of an extension that is only a stand-in": "create extension vector; create table public.a (v vector);"
    " create index on public.a using hnsw (v vector_l2_ops);",
}


@pytest.mark.parametrize("sql", OF_THE_SERVER.values(), ids=OF_THE_SERVER.keys())
def test_what_the_server_is_says_nothing_of_the_simulation(server: Server, sql: str) -> None:
    reading = read(server, {"001_a.sql": sql})
    assert not reading.contradictions
    assert not reading.refusals


def test_new_tables_are_granted_to_nobody_where_the_owner_chose_so(server: Server) -> None:
    yaml = "version: 1\ntarget: {default_grants: revoked}\n"
    reading = read(server, {"001_a.sql": "create table public.a (id int);"}, yaml)
    assert not reading.contradictions
    held = [each.grantee for each in all_privileges(reading.simulation.after) if each.object == "table public.a"]
    assert "anon" not in held or {each for each in held if each == "anon"} == {"anon"}


def test_a_bare_postgresql_is_bare(server: Server) -> None:
    yaml = "version: 1\ntarget: {platform: none}\n"
    reading = read(server, {"001_a.sql": "create table public.a (id int);"}, yaml)
    assert not list(notes(reading))
    assert reading.simulation.after.get(Table, "public.a") is not None
    assert ("schema", "auth") not in reading.simulation.after


def simulation(sql: str) -> Catalog:
    catalog = platform_catalog()
    run_source(catalog, Source.from_text("a.sql", sql))
    return catalog


def test_a_contradiction_is_a_fault_of_ours() -> None:
    """Another simulation plays the server."""
    mine = simulation("create table public.a (id int); create table public.b (id int);")
    theirs = simulation("create table public.a (id bigint); create table public.c (id int);")
    told = exact(mine, [*theirs, *all_privileges(theirs)], {}).contradictions
    assert {(each.key, each.attribute) for each in told if isinstance(each, Contradiction)} == {
        (("column", "public.a.id"), "type"),
        (("table", "public.b"), None),
        (("column", "public.b.id"), None),
        (("table", "public.c"), None),
        (("column", "public.c.id"), None),
    }


# -- a live database ------------------------------------------------------------------------------------------


def url(database: Database) -> str:
    return f"postgresql://postgres@/{database.name}?host={database.server.directory}&port=5432"


def test_a_live_database_is_read_and_nothing_is_written(database: Database) -> None:
    with database.connect() as connection:
        connection.execute(PLAIN.encode())
        connection.execute("alter table public.note disable row level security; create table public.by_hand (id int)")
    made = project({"001_a.sql": PLAIN, "002_b.sql": "create table public.later (id int);"})
    with dsn.connect(url(database)) as connection:
        assert connection.execute("show default_transaction_read_only").fetchone() == ("on",)
        reading = of_database(connection, simulated(made))
    after = reading.simulation.after
    note = after.get(Table, "public.note")
    assert note is not None
    assert not note.row_security
    assert note.made_at is not None
    assert ("table", "public.by_hand") in after
    assert ("table", "public.later") not in after
    assert reading.database is not None
    assert reading.database.user == "postgres"
    assert not list(notes(reading))


PASSWORD = "s3cr3t-Wort"  # noqa: S105 - that is the point
UNREACHABLE = {
    "nobody listens": f"postgresql://u:{PASSWORD}@127.0.0.1:1/db",
    "an unescaped @": f"postgresql://u:x@{PASSWORD}@127.0.0.1:1/db",
    "an unescaped :": f"postgresql://u:x:{PASSWORD}@/db?host=/nowhere",
    "an unescaped /": f"postgresql://u:{PASSWORD}/x@127.0.0.1/db",
    "an unescaped %": f"postgresql://u:%{PASSWORD}@127.0.0.1/db",
    "no such option": f"postgresql://u@127.0.0.1/db?passwort={PASSWORD}",
    "as a host": f"postgresql://{PASSWORD}@/db?host=/nowhere",
}


@pytest.mark.parametrize("text", UNREACHABLE.values(), ids=UNREACHABLE.keys())
def test_an_address_that_leads_nowhere_is_told_without_its_password(text: str) -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(dsn.DsnError) as told:
        dsn.connect(text)
    assert PASSWORD not in str(told.value)


def test_a_secret_that_the_live_database_alone_has_is_not_repeated(database: Database, tmp_path: Path) -> None:
    secret = "sb_secret_abcdefghijklmnopqrstuv"  # noqa: S105 - it must not be seen
    with database.connect() as connection:
        connection.execute(f"create table public.note (id int primary key, k text default '{secret}')".encode())
        connection.execute("alter table public.note enable row level security")
        connection.execute(
            f"create policy p on public.note using (auth.role() = 'authenticated' and k = '{secret}')".encode()
        )
    (tmp_path / ".git").mkdir()
    (tmp_path / "001_a.sql").write_text("create table public.note (id int primary key, k text);")
    (tmp_path / "schema.yaml").write_text("version: 1\nmigrations: '*.sql'\n")
    for command in (["lint", "--all"], ["lint", "--format", "json"], ["snapshot"]):
        done = CliRunner().invoke(main, [*command, "-C", str(tmp_path), "--dsn", url(database)])
        assert "public.note" in done.stdout
        assert secret not in done.stdout + done.stderr
