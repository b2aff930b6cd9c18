"""The mended example pasted as it is: what persists, what the grid says, and that every form of it is accepted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pasteproof.bundle.evidence import Decision
from pasteproof.bundle.prove import EXPORTS
from pasteproof.connect import editor
from pasteproof.tests.bundle.pasting import LANGUAGES, example_bundle, judged, pasted, reported, shown

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pasteproof.connect.server import Database
    from pasteproof.tests.bundle.conftest import Rows

LINE_ENDS = {"LF": "\n", "CRLF": "\r\n"}
FILES = ("bundle.sql", "verify.sql")

INDEXES = {
    "integration_logs_pkey",
    "idx_integration_logs_service_name",
    "idx_integration_logs_status",
    "idx_integration_logs_created_at",
    "idx_integration_logs_related_entity",
    "idx_integration_logs_failed",
    "idx_integration_logs_dashboard",
}


def test_the_grid_says_committed_and_every_check_passes(grids: Callable[..., dict[str, Rows]]) -> None:
    bundle = example_bundle()
    judgement = judged(bundle, editor.export(grids()["bundle.sql"], "json"))
    assert judgement.decision is Decision.ACCEPTED
    assert judgement.says.startswith("committed: ")
    assert judgement.facts["status"] == "committed"
    assert {answer.verdict for answer in judgement.answers} == {"pass"}
    assert len(judgement.answers) == len(bundle.manifest.checks)


def test_there_are_seven_indexes_six_and_the_primary_keys(grids: Callable[..., dict[str, Rows]]) -> None:
    judgement = judged(example_bundle(), editor.export(grids()["bundle.sql"], "json"))
    found = [answer.object for answer in judgement.answers if (answer.kind, answer.attribute) == ("index", "exists")]
    assert sorted(found) == sorted(f"public.{name}" for name in INDEXES)


@pytest.mark.parametrize("line_end", LINE_ENDS)
@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_export_is_accepted_and_fills_in_the_report(
    *,
    language: str,
    name: str,
    line_end: str,
    grids: Callable[..., dict[str, Rows]],
    folders: dict[str, Path],
    tmp_path: Path,
) -> None:
    rows = grids(language, LINE_ENDS[line_end])[name]
    reports = set()
    for form, old in EXPORTS:
        result = tmp_path / "result"
        result.write_text(editor.export(rows, form, old=old), "utf-8", newline="")
        code, said, report = reported(folders[language], result)
        assert code == 0, (form, old, said)
        assert example_bundle().manifest.migrations[0].sha256 in report
        reports.add(report.count("integration_logs"))
    assert len(reports) == 1  # the same report, whatever the form


@pytest.mark.parametrize("line_end", LINE_ENDS)
def test_the_trailer_says_which_line_ends_came(line_end: str, grids: Callable[..., dict[str, Rows]]) -> None:
    for name in FILES:
        judgement = judged(example_bundle(), editor.export(grids("en", LINE_ENDS[line_end])[name], "json"))
        assert judgement.facts["line_ends"] == line_end


def test_a_body_stored_with_cr_is_the_body_that_was_meant(database: Database) -> None:
    bundle = example_bundle()
    assert editor.run(database.dsn(), bundle.files["bundle.sql"].replace("\n", "\r\n")).error is None
    stored = editor.run(database.dsn(), "select prosrc from pg_proc where proname = 'cleanup_old_integration_logs'")
    assert "\r\n" in stored.rows[0]["prosrc"]
    assert pasted(database, bundle, "verify.sql").decision is Decision.ACCEPTED


def test_it_registers_the_statements_as_they_stand_in_the_file(database: Database) -> None:
    bundle = example_bundle()
    assert pasted(database, bundle).decision is Decision.ACCEPTED
    entry = editor.run(database.dsn(), "select * from supabase_migrations.schema_migrations").rows
    assert [(row["version"], row["name"]) for row in entry] == [("004", "integration_logs")]
    statements = entry[0]["statements"]
    assert statements[0].startswith("-- Миграция 004") or statements[0].startswith("create table")
    assert statements[-1].endswith("'Когда изменена запись'") or "updated_at" in statements[-1]


@pytest.mark.parametrize("line_end", LINE_ENDS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_dry_run_is_no_evidence(
    language: str, line_end: str, grids: Callable[..., dict[str, Rows]], folders: dict[str, Path], tmp_path: Path
) -> None:
    for form, old in EXPORTS:
        text = editor.export(grids(language, LINE_ENDS[line_end])["dry-run.sql"], form, old=old)
        assert judged(example_bundle(language), text).decision is Decision.NO_EVIDENCE
        (tmp_path / "result").write_text(text, "utf-8", newline="")
        assert reported(folders[language], tmp_path / "result")[0] == 1


def test_a_dry_run_leaves_nothing(database: Database) -> None:
    bundle = example_bundle()
    assert pasted(database, bundle, "dry-run.sql").decision is Decision.NO_EVIDENCE
    again = pasted(database, bundle, "dry-run.sql")
    assert again.decision is Decision.NO_EVIDENCE
    assert pasted(database, bundle, "verify.sql").decision is Decision.REJECTED


def test_accepted_evidence_stands_beside_a_dry_run(
    grids: Callable[..., dict[str, Rows]], folders: dict[str, Path], tmp_path: Path
) -> None:
    for name, rows in grids().items():
        (tmp_path / name).write_text(editor.export(rows, "json"), "utf-8")
    code, said, _ = reported(folders["en"], *(tmp_path / name for name in grids()))
    assert code == 0, said
    assert shown(editor.Result(rows=grids()["bundle.sql"]))
