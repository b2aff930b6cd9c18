"""``schema init``: what it finds, what it writes, and that ``schema lint`` then passes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml
from click.testing import CliRunner, Result

from pasteproof.cli import main
from pasteproof.connect import editor
from pasteproof.schema.snapshots.query import query
from pasteproof.schema.source import Source
from pasteproof.schema.spec import read_spec

if TYPE_CHECKING:
    from pathlib import Path

    from pasteproof.connect.server import Database

WRONG = "create table public.note (id int);\ncreate policy p on public.note using (auth.role() = 'x');\n"
GAP = "alter table public.users add column nick text;\ninsert into public.gone values (1);\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    return tmp_path


def put(folder: Path, **files: str) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def init(folder: Path, *flags: str, stdin: str = "") -> Result:
    return CliRunner().invoke(main, ["init", "-C", str(folder), *flags], input=stdin)


def lint(folder: Path, *flags: str) -> Result:
    return CliRunner().invoke(main, ["lint", "-C", str(folder), *flags])


def written(folder: Path) -> dict[str, Any]:
    """What was written, which must be without fault."""
    text = (folder / "schema.yaml").read_text()
    assert read_spec(Source.from_text("schema.yaml", text))[1] == []
    found: dict[str, Any] = yaml.safe_load(text)
    return found


LAYOUTS = {
    "Supabase's own": (
        {"supabase/migrations/001_a.sql": WRONG, "supabase/migrations/20240101_b.sql": GAP},
        "supabase/migrations/*.sql",
        "20240101",
    ),
    "below an app": (
        {"apps/web/supabase/migrations/001_a.sql": WRONG, "apps/web/seed.sql": "select 1;"},
        "apps/web/supabase/migrations/*.sql",
        "001",
    ),
    "plain names": ({"db/migrations/a.sql": WRONG, "db/migrations/b.sql": GAP}, "db/migrations/*.sql", "b.sql"),
    "a version that two share": (
        {"supabase/migrations/001_a.sql": WRONG, "supabase/migrations/001_b.sql": GAP},
        "supabase/migrations/*.sql",
        "001_b.sql",
    ),
    "files beside nothing": ({"a.sql": WRONG}, "*.sql", "a.sql"),
    "a folder with marks of patterns": ({"[db]/migrations/1_a.sql": WRONG}, "[[]db]/migrations/*.sql", "1"),
    "drizzle": ({"packages/db/drizzle/0000_a.sql": WRONG, "sql/old.sql": GAP}, "packages/db/drizzle/*.sql", "0000"),
}


@pytest.mark.parametrize(("files", "pattern", "until"), LAYOUTS.values(), ids=LAYOUTS.keys())
def test_what_is_wrong_already_is_history(folder: Path, files: dict[str, str], pattern: str, until: str) -> None:
    put(folder, **files)
    done = init(folder)
    assert done.exit_code == 0, done.stderr
    said = written(folder)
    assert said["migrations"] == pattern
    assert said["applied_until"] == {"version": until}
    passed = lint(folder)
    assert passed.exit_code == 0, passed.stdout
    count = passed.stdout.partition(" in history")[0].rpartition(" ")[2]
    assert int(count) > 0
    assert f"({count} findings) is history" in (folder / "schema.yaml").read_text()
    assert f"{count} in history" in done.stdout
    put(
        folder,
        **{f"{pattern.replace('[[]', '[').rpartition('*')[0]}z999_new.sql": "create table public.bad (id int);\n"},
    )
    assert lint(folder).exit_code == 1  # what is new is judged in full


def test_what_is_there_is_left_alone(folder: Path) -> None:
    put(folder, **{"supabase/migrations/001_a.sql": WRONG, "schema.yaml": "version: 1\n"})
    below = folder / "supabase"
    for place, shown in ((folder, "schema.yaml"), (below, "../schema.yaml")):
        done = init(place)
        assert done.exit_code == 2
        assert f"{shown} is there already, and was left as it is" in done.stderr
    assert (folder / "schema.yaml").read_text() == "version: 1\n"
    assert sorted(each.name for each in folder.iterdir()) == [".git", "schema.yaml", "supabase"]


def test_a_broken_one_is_left_alone_too(folder: Path) -> None:
    put(folder, **{"supabase/migrations/001_a.sql": WRONG, "schema.yaml": "versio"})
    assert init(folder).exit_code == 2
    assert (folder / "schema.yaml").read_text() == "versio"


def test_nothing_there(folder: Path) -> None:
    done = init(folder)
    assert done.exit_code == 2
    assert "no folder with .sql files was found" in done.stderr
    assert not (folder / "schema.yaml").exists()


def test_config_toml_is_taken_over(folder: Path) -> None:
    toml = '[api]\nschemas = ["public", "api"]\nauto_expose_new_tables = false\n'
    put(folder, **{"apps/web/supabase/migrations/001_a.sql": WRONG, "apps/web/supabase/config.toml": toml})
    assert init(folder).exit_code == 0
    target = written(folder)["target"]
    assert target == {"platform": "supabase", "exposed": ["public", "api"], "default_grants": "revoked"}
    assert "as in config.toml" in (folder / "schema.yaml").read_text()


def test_it_is_written_where_the_project_begins(folder: Path) -> None:
    put(folder, **{"supabase/migrations/001_a.sql": WRONG, "supabase/config.toml": ""})
    done = init(folder / "supabase/migrations")
    assert done.exit_code == 0, done.stderr
    assert done.stdout.startswith("wrote ../../schema.yaml: 1 migration in supabase/migrations/*.sql\n")
    assert lint(folder).exit_code == 0


def test_a_declarative_schema_is_expected_where_the_migrations_make_it(folder: Path) -> None:
    put(folder, **{"supabase/migrations/001_a.sql": WRONG, "supabase/schemas/a.sql": WRONG})
    assert init(folder).exit_code == 0
    assert written(folder)["expect_sql"] == "supabase/schemas/*.sql"
    assert lint(folder).exit_code == 0


def test_one_that_they_do_not_make_is_no_expectation_yet(folder: Path) -> None:
    put(
        folder,
        **{
            "supabase/migrations/001_a.sql": WRONG,
            "supabase/schemas/a.sql": WRONG + "create view public.v as select 1;",
        },
    )
    assert init(folder).exit_code == 0
    assert "expect_sql" not in written(folder)
    assert "is not what the migrations make, in 1 thing" in (folder / "schema.yaml").read_text()
    assert lint(folder).exit_code == 0


def test_what_nothing_makes_is_listed_but_not_believed(folder: Path) -> None:
    put(folder, **{"supabase/migrations/001_a.sql": GAP})
    assert init(folder).exit_code == 0
    assert "external" not in written(folder)
    assert "#   - table public.users" in (folder / "schema.yaml").read_text()


# -- with the result of a paste ------------------------------------------------------------------------------


@pytest.fixture
def live(folder: Path, database: Database) -> Database:
    """A database in which two of three migrations were run, and something was made by hand before them."""
    put(
        folder,
        **{
            "supabase/migrations/001_a.sql": GAP.replace("public.gone", "public.users"),
            "supabase/migrations/002_b.sql": "create table public.skipped (id int);\n",
            "supabase/migrations/003_c.sql": WRONG,
            "supabase/migrations/004_d.sql": "create table public.later ();\nalter table public.nowhere add b int;\n",
        },
    )
    with database.connect() as connection:
        connection.execute("create table public.users (id int); alter table public.users add column nick text")
        connection.execute(WRONG.encode())
        connection.execute("alter default privileges in schema public revoke all on tables from anon")
    return database


def pasted(database: Database) -> str:
    return editor.export(editor.run(database.dsn(), query()).rows, "json")


def test_a_pasted_result_says_what_was_run_and_what_was_made_elsewhere(folder: Path, live: Database) -> None:
    with live.connect() as connection:
        connection.execute(
            "create schema supabase_migrations; create table supabase_migrations.schema_migrations (version text);"
            "insert into supabase_migrations.schema_migrations values ('001'), ('003'), ('000')"
        )
    done = init(folder, "--read", "-", stdin=pasted(live))
    assert done.exit_code == 0, done.stderr
    said = written(folder)
    assert said["applied_until"] == {"version": "003", "except": ["002"]}
    assert said["external"] == ["table public.users"]
    assert said["target"]["default_grants"] == "revoked"
    assert said["target"]["postgres"] == [live.server.major]
    text = (folder / "schema.yaml").read_text()
    assert "no file here has them: 000" in text
    assert "table public.nowhere" in text
    assert "missing_object" in lint(folder).stdout  # of the migration that is still to be run


def test_where_nothing_is_registered_what_is_there_tells(folder: Path, live: Database) -> None:
    (folder / "result.json").write_text(pasted(live))
    done = init(folder, "--read", "result.json")
    assert done.exit_code == 0, done.stderr
    assert written(folder)["applied_until"] == {"version": "003", "except": ["002"]}
    assert "as what they make is there" in done.stdout


def test_an_empty_database_has_run_nothing(folder: Path, database: Database) -> None:
    put(folder, **{"supabase/migrations/001_a.sql": WRONG})
    assert init(folder, "--read", "-", stdin=pasted(database)).exit_code == 0
    assert "applied_until" not in written(folder)


@pytest.mark.parametrize("stdin", ["", "hello", "[]", '{"version": 1}'])
def test_a_result_that_is_none_writes_nothing(folder: Path, stdin: str) -> None:
    put(folder, **{"supabase/migrations/001_a.sql": WRONG})
    done = init(folder, "--read", "-", stdin=stdin)
    assert done.exit_code == 2
    assert "stdin" in done.stderr
    assert not (folder / "schema.yaml").exists()
