"""A result that is not the grid as the database printed it: incomplete, rejected or unreadable, never accepted."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from pasteproof.bundle.evidence import Decision
from pasteproof.bundle.prove import EXPORTS
from pasteproof.connect import editor
from pasteproof.schema.snapshots.grid import COLUMNS, GridError, read
from pasteproof.tests.bundle.pasting import LANGUAGES, bundle_of, example_bundle, judged, reported
from pasteproof.tests.projects import project

if TYPE_CHECKING:
    from pathlib import Path

    from pasteproof.connect import exports
    from pasteproof.tests.bundle.conftest import Rows

Grids = Callable[..., "dict[str, Rows]"]
FILES = ("bundle.sql", "verify.sql")
FORMS = [pytest.param(form, old, id=f"{'old ' if old else ''}{form}") for form, old in EXPORTS]

# What is done to the rows of a whole grid, and what is then decided.
CUT: dict[str, Callable[[Rows], Rows]] = {
    "at 100 rows": lambda rows: rows[:100],
    "by the last row": lambda rows: rows[:-1],
    "by the first row": lambda rows: rows[1:],
    "by a row in the middle": lambda rows: rows[:50] + rows[51:],
    "to its trailer": lambda rows: rows[-1:],
    "to its first row": lambda rows: rows[:1],
    "two rows swapped": lambda rows: [*rows[:7], rows[8], rows[7], *rows[9:]],
    "a row doubled": lambda rows: [*rows[:9], rows[8], *rows[9:]],
    "sorted by another column": lambda rows: sorted(rows, key=lambda row: (row["object"], row["seq"])),
    "turned round": lambda rows: rows[::-1],
    "the trailer doubled": lambda rows: [*rows, rows[-1]],
    "renumbered around a missing row": lambda rows: [
        {**row, "seq": str(number)} for number, row in enumerate(rows[:20] + rows[21:], 1)
    ],
    "the count mended too": lambda rows: [*rows[:20], *rows[21:-1], {**rows[-1], "expected": str(len(rows) - 2)}],
}


@pytest.mark.parametrize(("form", "old"), FORMS)
@pytest.mark.parametrize("name", FILES)
def test_a_grid_that_was_cut_is_incomplete(name: str, form: exports.Format, old: bool, grids: Grids) -> None:
    rows = grids()[name]
    for how, cut in CUT.items():
        judgement = judged(example_bundle(), editor.export(cut(rows), form, old=old))
        assert judgement.decision is Decision.INCOMPLETE, how
        assert judgement.reasons, how


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("column", COLUMNS)
def test_one_edited_cell(column: str, name: str, grids: Grids) -> None:
    rows = grids()[name]
    for number in (0, 17, len(rows) - 2, len(rows) - 1):
        for value in (f"{rows[number][column]}x", "", "1", "pass", "%00", None):
            if value == rows[number][column]:
                continue
            edited = [*rows[:number], {**rows[number], column: value}, *rows[number + 1 :]]
            judgement = judged(example_bundle(), editor.export(edited, "json"))
            assert not judgement.decision.accepted, (number, column, value)


def test_a_rejected_grid_is_not_mended_by_its_verdicts(grids: Grids) -> None:
    """What failed was edited to say pass: the md5 tells; without it the verdicts would still be computed anew."""
    rows: Rows = [{**row, "verdict": "pass"} for row in grids()["bundle.sql"][:-1]] + grids()["bundle.sql"][-1:]
    rows[3]["verdict"] = "FAIL"
    assert judged(example_bundle(), editor.export(rows, "json")).decision is Decision.INCOMPLETE


def test_a_failed_check_is_rejected_whatever_its_verdict_says(grids: Grids) -> None:
    """The same edits with a trailer that fits them."""
    rows = [dict(row) for row in grids()["bundle.sql"]]
    place = next(n for n, row in enumerate(rows) if (row["kind"], row["attribute"]) == ("table", "row_security"))
    rows[place]["actual"] = "false"
    judgement = judged(example_bundle(), editor.export(_sealed(rows), "json"))
    assert judgement.decision is Decision.REJECTED
    assert [(answer.kind, answer.attribute) for answer in judgement.wrong] == [("table", "row_security")]


UNTRUE: dict[str, tuple[Callable[[dict[str, str]], dict[str, str]], Decision]] = {
    "in progress": (lambda facts: {**facts, "status": "in progress"}, Decision.INCOMPLETE),
    "aborted": (lambda facts: {**facts, "status": "aborted"}, Decision.INCOMPLETE),
    "no status": (lambda facts: {**facts, "status": ""}, Decision.INCOMPLETE),
    "another file": (lambda facts: {**facts, "file": "rollback"}, Decision.INCOMPLETE),
    "a dry run": (lambda facts: {**facts, "file": "dry_run"}, Decision.NO_EVIDENCE),
}


@pytest.mark.parametrize("how", UNTRUE)
def test_what_the_trailer_says_is_heard(how: str, grids: Grids) -> None:
    change, decision = UNTRUE[how]
    rows = [dict(row) for row in grids()["bundle.sql"]]
    facts = dict(pair.split("=", 1) for pair in rows[-1]["attribute"].split("; "))
    rows[-1]["attribute"] = "; ".join(f"{name}={value}" for name, value in change(facts).items())
    assert judged(example_bundle(), editor.export(_sealed(rows), "json")).decision is decision


@pytest.mark.parametrize("fact", ["alone", "unchanged", "nothing written before"])
def test_a_verify_that_was_not_alone_is_rejected(fact: str, grids: Grids) -> None:
    rows = [dict(row) for row in grids()["verify.sql"]]
    place = next(n for n, row in enumerate(rows) if (row["kind"], row["attribute"]) == ("paste", fact))
    rows[place]["actual"] = "no"
    judgement = judged(example_bundle(), editor.export(_sealed(rows), "json"))
    assert judgement.decision is Decision.REJECTED
    assert [key for key, _ in judgement.reasons] == ["paste_untrue"]


@pytest.mark.parametrize(("form", "old"), FORMS)
def test_another_bundles_grid_is_rejected(form: exports.Format, old: bool, grids: Grids) -> None:
    for name in ("dry-run.sql", *FILES):
        other = editor.export(grids("ru")[name], form, old=old)
        judgement = judged(example_bundle("en"), other)
        assert judgement.decision is Decision.REJECTED
        assert judgement.reasons == (("other_bundle", example_bundle("ru").manifest.bundle),)


def test_a_changed_migration_is_another_bundle() -> None:
    names = {
        bundle_of(project({"1_a.sql": f"create table public.a (id int primary key);{rest}"})).manifest.bundle
        for rest in ("", " ", "-- c", "\n", "\r\n")
    }
    assert len(names) == 4  # CRLF counts as LF, and nothing else does


def _damaged(grids: Grids) -> dict[str, str]:
    rows = grids()["bundle.sql"]
    as_json, as_csv = editor.export(rows, "json"), editor.export(rows, "csv")
    markdown = editor.export(rows, "markdown")
    return {
        "JSON cut in the middle": as_json[: len(as_json) // 2],
        "JSON without its end": as_json[:-1],
        "JSON of something else": json.dumps({"rows": rows}),
        "JSON of no rows": "[]",
        "JSON of another query": json.dumps([{"id": 1, "seq": "1"}]),
        "CSV with semicolons": as_csv.replace(",", ";"),
        "CSV with tabs": as_csv.replace(",", "\t"),
        "CSV without its header": as_csv.split("\r\n", 1)[1],
        "CSV with an open quote": as_csv + '\r\n"',
        "Markdown without its header": "\n".join(markdown.split("\n")[2:]),
        "nothing": " \n\t",
        "prose": "It worked, all green!",
        "a log": "\n".join(["line"] * 9 + ["ERROR:  42P07: relation exists"]),
        "the bundle itself": example_bundle().files["bundle.sql"],
        "the manifest": example_bundle().files["manifest.json"],
    }


def test_what_is_no_grid_is_told_so(grids: Grids, folders: dict[str, Path], tmp_path: Path) -> None:
    for what, text in _damaged(grids).items():
        with pytest.raises(GridError):
            read(text)
        (tmp_path / "result").write_text(text, "utf-8", newline="")
        code, said, report = reported(folders["en"], tmp_path / "result")
        assert code == 2, what
        assert "is no result of a paste" in said, what
        assert "Traceback" not in said
        assert not report, what


def test_a_spreadsheet_is_recognised_and_not_guessed_back(grids: Grids) -> None:
    with pytest.raises(GridError, match=r"spreadsheet.*Copy as JSON"):
        read(editor.export(grids()["bundle.sql"], "csv").replace(",", ";"))


TOLD = {
    "no_grid": ["Success. No rows returned", "Success. Query ran successfully."],
    "no_answer": [
        "Error: SQL query ran into an upstream timeout",
        "upstream request timeout",
        "Error: Failed to run sql query: ERROR:  57014: canceling statement due to statement timeout",
        "FATAL:  57P01: terminating connection due to administrator command",
        "Failed to run sql query: Query read timeout",
        "Failed to run sql query: Connection terminated due to connection timeout",
    ],
    "error": [
        'ERROR:  42P07: relation "integration_logs" already exists',
        'Failed to run sql query: ERROR:  42601: syntax error at or near "x"\nLINE 3: x\n        ^',
        "ERROR:  55P03: canceling statement due to lock timeout\nCONTEXT:  PL/pgSQL function x",
        "ERROR:  P0001: pasteproof: x\nDETAIL:  a\nb\nHINT:  c",
    ],
}
DECIDED = [(reason, text) for reason, texts in TOLD.items() for text in texts]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("reason", "text"), DECIDED, ids=[text[:60] for _, text in DECIDED])
def test_the_editors_own_words(reason: str, text: str, language: str, folders: dict[str, Path], tmp_path: Path) -> None:
    judgement = judged(example_bundle(language), text)
    assert judgement.decision is (Decision.ROLLED_BACK if reason == "error" else Decision.INCOMPLETE)
    assert [key for key, _ in judgement.reasons] == [reason]
    (tmp_path / "result").write_text(text, "utf-8")
    code, _, report = reported(folders[language], tmp_path / "result")
    assert code == 1
    assert "sha256" in report.lower()


@pytest.mark.parametrize(
    "secret", ["sb_secret_" + "Ab3" * 8, "-----BEGIN PRIVATE KEY-----\n" + "Ab3" * 20 + "\n-----END PRIVATE KEY-----"]
)
def test_a_secret_that_the_server_repeats_is_not_repeated(
    secret: str, folders: dict[str, Path], tmp_path: Path
) -> None:
    for text in (
        f'ERROR:  22P02: invalid input syntax for type uuid: "{secret}"\nLINE 1: {secret}',
        f"ERROR:  23514: x\nDETAIL:  Failing row contains ({secret}).\nHINT:  postgresql://a:{secret[:20]}@host/x",
    ):
        (tmp_path / "result").write_text(text, "utf-8")
        code, said, report = reported(folders["en"], tmp_path / "result")
        assert code == 1
        assert "*" * 8 in report
        assert "Ab3Ab3" not in said + report


def test_of_several_results_the_latest_grid_counts(grids: Grids, folders: dict[str, Path], tmp_path: Path) -> None:
    error, dry, good = (tmp_path / name for name in ("error", "dry", "good"))
    error.write_text("ERROR:  55P03: canceling statement due to lock timeout", "utf-8")
    dry.write_text(editor.export(grids()["dry-run.sql"], "json"), "utf-8")
    good.write_text(editor.export(grids()["bundle.sql"], "csv"), "utf-8", newline="")
    assert reported(folders["en"], error, dry, good)[0] == 0
    assert reported(folders["en"], good, error)[0] == 0
    assert reported(folders["en"], error, dry)[0] == 1
    assert reported(folders["en"], error)[0] == 1


def _sealed(rows: list[dict[str, Any]]) -> Rows:
    """The rows with a trailer that fits them, as whoever wanted to deceive would write it."""
    import hashlib

    trailer = rows[-1]
    lines = ["|".join(row[column] for column in COLUMNS) for row in rows[:-1]]
    lines.append("|".join("" if column == "actual" else trailer[column] for column in COLUMNS))
    seal = hashlib.md5("\n".join(lines).encode(), usedforsecurity=False).hexdigest()
    return [*rows[:-1], {**trailer, "actual": seal}]
