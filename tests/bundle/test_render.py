"""From migrations to the files of a bundle: what cannot be pasted, what is written, and that it is always the same."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from pasteproof.bundle.plan import LARGEST_PASTE, PlannedMigration, plan
from pasteproof.bundle.prompts import editor_prompts
from pasteproof.bundle.render import write, write_whole
from pasteproof.schema.source import Source
from pasteproof.tests.bundle.pasting import EXAMPLE, LANGUAGES, bundle_of, example, example_bundle
from pasteproof.tests.projects import project

if TYPE_CHECKING:
    from pathlib import Path

A = "create table a (id int);\n"

# A migration, the line and column of what is in the way, and a word of why.
OBSTACLES = [
    (A + "create index concurrently i on a (id);", 2, 1, "CREATE INDEX CONCURRENTLY"),
    (A + "  drop index concurrently i;", 2, 3, "DROP INDEX CONCURRENTLY"),
    (A + "reindex table concurrently a;", 2, 1, "REINDEX CONCURRENTLY"),
    (A + "reindex (concurrently, verbose) index i;", 2, 1, "REINDEX CONCURRENTLY"),
    (A + "vacuum a;", 2, 1, "VACUUM"),
    (A + "create database d;", 2, 1, "CREATE DATABASE"),
    (A + "drop database d;", 2, 1, "DROP DATABASE"),
    (A + "alter system set work_mem = '1MB';", 2, 1, "ALTER SYSTEM"),
    (A + "create tablespace t location '/x';", 2, 1, "CREATE TABLESPACE"),
    (A + "commit;\n" + A, 2, 1, "transaction control"),
    (A + "rollback;", 2, 1, "transaction control"),
    ("begin;\n" + A, 1, 1, "transaction control"),
    (A + "savepoint s;", 2, 1, "transaction control"),
    ("begin;\n" + A + "commit;\nbegin;\n" + A + "commit;", 3, 1, "transaction control"),
    ("begin;\n" + A + "rollback;", 1, 1, "transaction control"),
    (A + "prepare transaction 'p';", 2, 1, "transaction control"),
    (A + "discard all;", 2, 1, "settings"),
    (A + "reset all;", 2, 1, "settings"),
    (A + "copy a from stdin;", 2, 1, "57014"),
    (A + "create tabel b ();", 2, 8, "parse"),
    (A + "select 'open", 2, 8, "parse"),
    (A + "\\d a\n", 2, 1, "parse"),
    (A + "-- " + "x" * LARGEST_PASTE, 1, 1, "900,000"),
]


@pytest.mark.parametrize(("sql", "line", "column", "why"), OBSTACLES, ids=[row[0][-40:] for row in OBSTACLES])
def test_what_cannot_be_pasted_has_its_place_and_its_reason(sql: str, line: int, column: int, why: str) -> None:
    found = plan(Source.from_text("1_a.sql", sql), "1", "a")
    assert isinstance(found, list)
    first = found[0]
    assert (first.file, first.line, first.column) == ("1_a.sql", line, column)
    assert why in first.reason
    assert first.remedy


WHOLE = [
    (A, A, 0),
    (A.replace("\n", "\r\n"), A, 0),
    (f"begin;\n{A}commit;\n", f"\n{A}\n", 2),
    (f"-- why\nBEGIN TRANSACTION ;\n{A}END;", f"-- why\n\n{A}", 2),
    (f"start transaction;{A}commit work", A, 2),
    ("analyze;", "analyze;", 0),
    ("reindex table a;", "reindex table a;", 0),
    ("copy a to stdout;", "copy a to stdout;", 0),
    ("reset role;", "reset role;", 0),
    ("do $$ begin perform 1; end $$;", "do $$ begin perform 1; end $$;", 0),
]


@pytest.mark.parametrize(("sql", "text", "left_out"), WHOLE, ids=[row[0][:40] for row in WHOLE])
def test_what_can_is_pasted_byte_for_byte(sql: str, text: str, left_out: int) -> None:
    found = plan(Source.from_text("1_a.sql", sql), "1", "a")
    assert isinstance(found, PlannedMigration)
    assert found.migration.text == text
    assert len(found.left_out) == left_out


# What the editor warns of before it runs a text.
PROMPTS = [
    ("create table a (id int); alter table a enable row level security;", ()),
    ("create table a (id int);", ("table_without_rls",)),
    ("create table a (id int); alter table public.a enable row level security;", ("table_without_rls",)),
    ("create temp table a (id int);", ("table_without_rls",)),
    ("drop policy if exists p on a;", ("destructive",)),
    ("select 1; DELETE from a;", ("destructive",)),
    ("alter table a drop column b;", ("destructive",)),
    ("alter table a add column dropped text;", ()),
    ("-- drop table a;\n/* delete from a; */ select 1;", ()),
    ("update a set b = 1;", ("update_without_where",)),
    ("update a set b = 1 where c;", ()),
    ("truncate a; update a set b = 1; create table a()", ("destructive", "update_without_where", "table_without_rls")),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "prompts"), PROMPTS, ids=[row[0] for row in PROMPTS])
def test_which_warnings_the_editor_shows(sql: str, prompts: tuple[str, ...]) -> None:
    assert editor_prompts(sql) == prompts


@pytest.mark.parametrize("language", LANGUAGES)
def test_our_own_text_fires_none(language: str) -> None:
    files = example_bundle(language).files
    own = editor_prompts(example().pending[0].source.text)
    assert own == ("destructive",)  # the DELETE in its function's body
    assert [editor_prompts(files[name]) for name in ("bundle.sql", "dry-run.sql", "verify.sql")] == [own, own, ()]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_input_gives_the_same_bytes(language: str, tmp_path: Path) -> None:
    """In processes that hash otherwise, from another folder, at another hour."""
    seen = []
    for seed, zone in (("1", "UTC"), ("2", "Asia/Tokyo")):
        folder = tmp_path / seed
        command = [sys.executable, "-m", "pasteproof", "render", "-C", str(EXAMPLE), "-o", str(folder)]
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "COLUMNS": "40" + seed}
        subprocess.run([*command, "--lang", language], check=True, capture_output=True, env=environment, cwd=tmp_path)
        seen.append({path.name: path.read_bytes() for path in folder.iterdir()})
    assert seen[0] == seen[1]
    assert not any(str(tmp_path).encode() in data or str(EXAMPLE).encode() in data for data in seen[0].values())


def test_a_bundle_is_written_over_another_and_says_what_it_replaced(tmp_path: Path) -> None:
    english, russian = example_bundle("en"), example_bundle("ru")
    assert write(english, tmp_path / "new" / "folder") == []
    assert write(english, tmp_path / "new" / "folder") == []
    assert set(write(russian, tmp_path / "new" / "folder")) == set(russian.files)
    for name, text in russian.files.items():
        assert (tmp_path / "new" / "folder" / name).read_bytes() == text.encode()
    assert {path.name for path in (tmp_path / "new" / "folder").iterdir()} == set(russian.files)


def test_what_cannot_be_written_leaves_what_was_there(tmp_path: Path) -> None:
    write(example_bundle("en"), tmp_path)
    (tmp_path / "bundle.sql").unlink()
    (tmp_path / "bundle.sql").mkdir()
    before = sorted(path.name for path in tmp_path.iterdir())
    with pytest.raises(IsADirectoryError):
        write(example_bundle("ru"), tmp_path)
    with pytest.raises(IsADirectoryError):
        write_whole(tmp_path / "bundle.sql", "x")
    assert sorted(path.name for path in tmp_path.iterdir()) == before
    assert (tmp_path / "manifest.json").read_text("utf-8") == example_bundle("en").files["manifest.json"]


def test_several_migrations_are_one_paste_in_their_order() -> None:
    bundle = bundle_of(
        project({"1_a.sql": A.replace(" a ", " public.a "), "2_b.sql": "alter table public.a add b text;\n"})
    )
    text = bundle.files["bundle.sql"]
    assert [migration.version for migration in bundle.manifest.migrations] == ["1", "2"]
    assert text.index("create table public.a") < text.index("alter table public.a")


def test_a_statement_that_is_not_followed_is_named_among_what_is_not_compared() -> None:
    plain = "create table public.a (id int primary key);\n"
    dynamic = plain + "do $$ begin execute (select 'create table b' || random()); end $$;"
    assert bundle_of(project({"1_a.sql": plain})).manifest.not_compared == ()
    assert bundle_of(project({"1_a.sql": dynamic})).manifest.not_compared == ("SQL 1_a.sql:2:1",)
