"""``schema diff``: what its two sides can be, what it says of them, and what it does not claim."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from click.testing import CliRunner, Result

from pasteproof.cli import main
from pasteproof.connect import editor
from pasteproof.schema.drift_schema import PUBLISHED, printed
from pasteproof.schema.snapshots.query import query

if TYPE_CHECKING:
    from pathlib import Path

    from pasteproof.connect.server import Database

NOTE = "create table public.note (id int primary key, body text default 'a');\n"
MORE = (
    "alter table public.note alter body set default 'b';\ncreate table public.extra (id int);\ndrop view public.old;\n"
)
OLD = "create view public.old as select id from public.note;\n"
YAML = """\
version: 1
target: {default_grants: exposed}
expect:
  tables:
    public.note:
      columns: {id: integer not null primary key, body: text default 'a'}
      row_security: true
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "supabase/migrations").mkdir(parents=True)
    (tmp_path / "schema.yaml").write_text(YAML)
    (tmp_path / "supabase/migrations/001_note.sql").write_text(NOTE + OLD)
    return tmp_path


def diff(project: Path, *arguments: str, stdin: str = "") -> Result:
    return CliRunner().invoke(main, ["diff", "-C", str(project), *arguments], input=stdin)


def document(project: Path, *arguments: str, stdin: str = "") -> dict[str, Any]:
    done = diff(project, *arguments, "--format", "json", stdin=stdin)
    found: dict[str, Any] = json.loads(done.stdout)
    jsonschema.validate(found, json.loads(PUBLISHED.read_text("utf-8")))
    assert done.exit_code == bool(sum(found["summary"].values()) - found["summary"]["unknown"])
    return found


def told(found: dict[str, Any]) -> set[str]:
    return {f"{each['change']} {each['kind']} {each['identity']}" for each in found["changes"]}


def test_the_published_schema_is_fresh() -> None:
    assert PUBLISHED.read_text("utf-8") == printed()


def test_folders_patterns_files_and_projects_are_migrations(project: Path) -> None:
    (project / "later").mkdir()
    (project / "later/001_note.sql").write_text(NOTE + OLD + MORE)
    for one in (".", "supabase/migrations", "supabase/migrations/*.sql", "supabase/migrations/001_note.sql"):
        found = document(project, one, "later")
        assert {each for each in told(found) if " privilege " not in each} == {
            "changed column public.note.body",
            "added table public.extra",
            "added column public.extra.id",
            "removed view public.old",
        }
        (change,) = (each for each in found["changes"] if each["change"] == "changed")
        assert (change["from"], change["to"], change["differs"]) == (
            {"default": "'a'"},
            {"default": "'b'"},
            ["default"],
        )
        assert change["from_at"] == {"file": "supabase/migrations/001_note.sql", "line": 1, "column": 1}
        assert change["to_at"] == {"file": "later/001_note.sql", "line": 3, "column": 1}


def test_people_see_one_line_for_a_table_and_what_belongs_to_it(project: Path) -> None:
    (project / "later").mkdir()
    (project / "later/001_note.sql").write_text(NOTE + OLD + MORE)
    shown = diff(project, ".", "later", "--color", "never").stdout
    assert "+ table public.extra with 1 column, 21 privileges  later/001_note.sql:4:1\n" in shown
    assert "~ column public.note.body  supabase/migrations/001_note.sql:1:1  later/001_note.sql:3:1\n" in shown
    assert "    default: 'a' -> 'b'\n" in shown
    assert "- view public.old with 21 privileges" in shown
    backwards = diff(project, "later", ".", "--color", "never").stdout
    assert "    default: 'b' -> 'a'\n" in backwards
    assert "- table public.extra" in backwards


def test_only_what_was_applied(project: Path) -> None:
    (project / "schema.yaml").write_text("version: 1\napplied_until: {version: '001'}\n")
    before = CliRunner().invoke(main, ["snapshot", "-C", str(project)]).stdout
    (project / "snapshot.json").write_text(before)
    (project / "supabase/migrations/002_more.sql").write_text(MORE)
    assert diff(project, "snapshot.json", ".").exit_code == 1
    assert diff(project, "snapshot.json", ".", "--applied").exit_code == 0


def test_a_snapshot_is_the_catalog_it_was_made_of(project: Path) -> None:
    (project / "supabase/migrations/002_odd.sql").write_text(
        'create schema "a.b"; create table "a.b"."c on d" ("e.f" text check ("e.f" <> \'\'), g int generated always as '
        "identity);\n"
        'create policy "p on q" on "a.b"."c on d" using (true); create type public.pair as (a int);\n'
        "create function public.f(a int default 3, b text[] default '{}') returns setof public.pair language sql as "
        "'select 1';\n"
        "create index on public.note (lower(body)) where id > 3; grant select (id) on public.note to anon;\n"
        "do $$ begin execute format('drop table public.note -- %s', now()); end $$;\n"
    )
    (project / "snapshot.json").write_text(CliRunner().invoke(main, ["snapshot", "-C", str(project)]).stdout)
    for pair in (("snapshot.json", "."), (".", "snapshot.json"), ("snapshot.json", "snapshot.json")):
        found = document(project, *pair)
        assert {each for each in told(found) if not each.startswith("unknown")} == set()


def test_what_is_not_known_is_neither_equal_nor_different(project: Path) -> None:
    (project / "later").mkdir()
    (project / "later/001_note.sql").write_text(NOTE + OLD)
    (project / "supabase/migrations/002_b.sql").write_text(
        "do $$ begin execute format('alter table public.note add x int -- %s', now()); end $$;\n"
    )
    found = document(project, "later", ".")
    assert found["summary"]["unknown"] > 0
    assert {each["change"] for each in found["changes"]} == {"unknown"}
    assert all(each["reason"] for each in found["changes"])
    done = diff(project, "later", ".")
    assert done.exit_code == 0
    assert "no difference; " in done.stdout
    assert "cannot be compared" in done.stdout
    assert diff(project, "later", ".", "--strict").exit_code == 1


def test_what_rests_on_an_assumption_is_no_certain_difference(project: Path) -> None:
    (project / "one.sql").write_text("create table plain (id int);\n")
    (project / "two.sql").write_text("create table orders (id int references customers (id));\n")
    for side in ("two.sql", "two.json"):
        found = {
            (each["change"], each["kind"], each["identity"]) for each in document(project, "one.sql", side)["changes"]
        }
        assert ("removed", "table", "public.plain") in found
        assert ("unknown", "table", "public.orders") in found
        assert ("unknown", "column", "public.orders.id") in found
        assert not [each for each in found if each[0] == "added"]
        snapshot = diff(project, "one.sql", side)
        assert "it rests on what nothing makes: the server may have refused it" in " ".join(snapshot.stdout.split())
        made = CliRunner().invoke(main, ["snapshot", "two.sql", "-C", str(project)])
        (project / "two.json").write_text(made.stdout)


def test_what_is_made_elsewhere_is_no_difference(project: Path) -> None:
    (project / "schema.yaml").write_text("version: 1\nexternal: [table public.users, 'table public.legacy_*']\n")
    (project / "later").mkdir()
    (project / "later/001_note.sql").write_text(
        NOTE + OLD + "create table public.users (id int primary key); create table public.legacy_a (id int);"
    )
    found = document(project, ".", "later")
    mine = {each for each in told(found) if "users" not in each and "legacy_a" not in each}
    assert mine == set()
    assert "unknown table public.users" in told(found)
    assert "unknown column public.legacy_a.id" in told(found)
    assert found["summary"]["added"] == 0


def test_what_is_stated_is_held_against_any_state(project: Path) -> None:
    found = document(project, "schema.yaml", ".")
    (change,) = found["changes"]
    assert (change["identity"], change["differs"]) == ("public.note", ["row_security"])
    assert (change["from"], change["to"]) == ({"row_security": True}, {"row_security": False})
    assert change["from_at"]["line"] == 7
    (back,) = document(project, ".", "schema.yaml")["changes"]
    assert (back["from"], back["to"]) == (change["to"], change["from"])
    (project / "snapshot.json").write_text(CliRunner().invoke(main, ["snapshot", "-C", str(project)]).stdout)
    (same,) = document(project, "schema.yaml", "snapshot.json")["changes"]
    assert (same["from"], same["to"]) == (change["from"], change["to"])


def test_two_statements_are_compared_as_stated(project: Path) -> None:
    other = YAML.replace("text default 'a'", "text").replace("true", "false") + "absent: [table public.gone]\n"
    (project / "other.yaml").write_text(other)
    found = document(project, "schema.yaml", "other.yaml")
    assert {(each["identity"], *each["differs"]) for each in found["changes"] if each["change"] == "changed"} == {
        ("public.note", "row_security"),
        ("public.note.body", "default"),
    }
    assert diff(project, "schema.yaml", "schema.yaml").exit_code == 0


def test_what_is_declared_in_sql_is_stated(project: Path) -> None:
    (project / "supabase/schemas").mkdir()
    (project / "supabase/schemas/note.sql").write_text(NOTE.replace("'a'", "'c'"))
    (project / "schema.yaml").write_text("version: 1\nexpect_sql: supabase/schemas/*.sql\n")
    found = document(project, "schema.yaml", ".")
    (change,) = found["changes"]  # of views the files say nothing
    assert (change["identity"], change["from"], change["to"]) == (
        "public.note.body",
        {"default": "'c'"},
        {"default": "'a'"},
    )
    assert change["from_at"]["file"].endswith("supabase/schemas/note.sql")
    (back,) = document(project, ".", "schema.yaml")["changes"]
    assert (back["from"], back["to"]) == (change["to"], change["from"])
    (project / "plain.yaml").write_text("version: 1\n")
    assert diff(project, "schema.yaml", "schema.yaml").exit_code == 0
    assert diff(project, "schema.yaml", "plain.yaml").exit_code == 2


CANNOT = {
    "nothing there": (["gone.json", "."], "", "gone.json: does not exist"),
    "a pattern that nothing matches": (["gone/*.sql", "."], "", "gone/*.sql: no file matches"),
    "JSON that is no snapshot": (["-", "."], '{"version": 1}', "stdin is no snapshot: it is JSON, but no snapshot"),
    "a snapshot cut short": (
        ["-", "."],
        '{"version": 1, "source": "migr',
        "stdin is no snapshot: it is cut or damaged",
    ),
    "prose": (["-", "."], "hello", "stdin is no result of a paste"),
    "an unknown kind": (
        ["-", "."],
        '{"version":1,"source":"migrations","objects":[{"kind":"castle","identity":"x","attributes":{}}]}',
        "knows no objects of kind castle",
    ),
    "a wrong attribute": (
        ["-", "."],
        '{"version":1,"source":"migrations","objects":[{"kind":"table","identity":"a.b","attributes":{"owner":3}}]}',
        "table a.b is not what this version prints",
    ),
    "stdin twice": (["-", "-"], "", "stdin can be one of the two only"),
    "an address of nowhere": (["postgresql://u:geheim@127.0.0.1:1/x", "."], "", "the database cannot be reached"),
    "an address in words": (["host=127.0.0.1 port=1 password=geheim", "."], "", "the database cannot be reached"),
    "an address of no scheme": (["Postgres://u:geheim@127.0.0.1:1/x", "."], "", "libpq does not read this DSN"),
    "a statement that is wrong": (["wrong.yaml", "."], "", "wrong.yaml:2:1"),
}


@pytest.mark.parametrize(("arguments", "stdin", "words"), CANNOT.values(), ids=CANNOT.keys())
def test_what_cannot_be_read_is_said(project: Path, arguments: list[str], stdin: str, words: str) -> None:
    (project / "wrong.yaml").write_text("version: 1\nexpekt: {}\n")
    done = diff(project, *arguments, stdin=stdin)
    assert done.exit_code == 2
    assert words in done.stderr
    assert done.stdout == ""
    assert "geheim" not in done.stderr


@pytest.mark.parametrize("command", ["lint", "snapshot", "render", "access"])
def test_an_address_in_the_place_of_a_path_is_not_shown(project: Path, command: str) -> None:
    url, words = "postgresql://u:geheim@127.0.0.1:1/x", "host=127.0.0.1 password=geheim"
    for arguments in ([url], ["-C", url], ["-C", words]):
        done = CliRunner().invoke(main, [command, *arguments])
        assert done.exit_code == 2
        assert "geheim" not in done.output


def test_a_secret_is_not_shown(project: Path) -> None:
    secret = "postgresql://me:hunter2hunter2@db.example.com/x"  # noqa: S105 - it must not be seen
    (project / "later").mkdir()
    (project / "later/001_note.sql").write_text(
        NOTE
        + OLD
        + f"comment on table public.note is '{secret}'; alter table public.note alter body set default '{secret}';"
    )
    for form in ("text", "json"):
        done = diff(project, ".", "later", "--format", form)
        assert done.exit_code == 1
        assert "hunter2" not in done.stdout


def test_a_pasted_result_and_an_address_are_live(project: Path, database: Database) -> None:
    with database.connect() as connection:
        connection.execute((NOTE + OLD).encode())
    (project / "pasted.csv").write_text(editor.export(editor.run(database.dsn(), query()).rows, "csv"))
    url = f"postgresql://postgres@/{database.name}?host={database.server.directory}&port=5432"
    for pair in ((".", "pasted.csv"), (".", url), (url, "pasted.csv")):
        assert document(project, *pair)["changes"] == []
    with database.connect() as connection:
        connection.execute("create policy by_hand on public.note using (true)")
    assert told(document(project, ".", url)) == {"added policy by_hand on public.note"}
    assert told(document(project, "pasted.csv", url)) == {"added policy by_hand on public.note"}
    shown = diff(project, ".", url).stdout
    assert f"to   database {database.name}, PostgreSQL" in shown
    assert str(database.server.directory) not in shown
