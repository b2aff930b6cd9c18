"""Findings as people and machines get them."""

import json as standard_json

import pytest

from pasteproof.checks.lint import Options, Report, lint
from pasteproof.checks.output import json, text
from pasteproof.checks.output.terminal import printable, wants_color, wrapped

from .projects import project


def report(sql: str, *rules: str) -> Report:
    return lint(project({"1_a.sql": sql}), Options(select=rules))


def frame(sql: str, *rules: str, room: int = 80) -> list[str]:
    """The lines of the code frame of the first finding."""
    lines = text.render(report(sql, *rules), room=room).splitlines()
    at = next(number for number, line in enumerate(lines) if "-->" in line)
    return lines[at + 2 : at + 4]


def test_a_finding_whole() -> None:
    sql = "-- Заметки\ncreate table public.log (line text);\n"
    assert text.render(report(sql, "rls_disabled_in_public")) == (
        "error[rls_disabled_in_public]: public.log is served by the API, but its row\n"
        "  level security is off\n"
        " --> 1_a.sql:2:1\n"
        "  |\n"
        "2 | create table public.log (line text);\n"
        f"  | {'^' * 35}\n"
        "  = why:  the API serves schema public\n"
        "          anon and authenticated hold SELECT, INSERT, UPDATE and DELETE on\n"
        "          public.log (the default privileges of schema public)\n"
        "  = help: Switch it on, then add a policy for each role that is to see or change\n"
        "          rows:\n"
        "          alter table public.log enable row level security;\n"
        "  = docs: https://supabase.com/docs/guides/database/database-linter?lint=0013_rls_disabled_in_public\n"
        "\n"
        "1 finding: 1 error in 1 file\n"
    )


FRAMES = {
    "Cyrillic before it": (
        "/* Ж */ create table t (a text);",
        ["1 | /* Ж */ create table t (a text);", f"  |         {'^' * 23}"],
    ),
    "wide characters before it": (
        "/* 漢字 */ create table t (a text);",
        ["1 | /* 漢字 */ create table t (a text);", f"  |            {'^' * 23}"],
    ),
    "tabs before and in it": (
        "\t/**/\tcreate\ttable t (a text);",
        ["1 |     /**/    create  table t (a text);", f"  |             {'^' * 24}"],
    ),
    "line ends of Windows": (
        "create table t (a text)\r\n;\r\n",
        ["1 | create table t (a text)", f"  | {'^' * 23}"],
    ),
    "something far to the right": (
        f"/* {'x' * 200} */ create table t (a text);",
        ["1 | …xxxxxxxx */ create table t (a text);", f"  |              {'^' * 23}"],
    ),
    "something too long": (
        f"create table t (a text, {'b' * 60} text);",
        [
            "1 | create table t (a text, bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb…",
            f"  | {'^' * 76}",
        ],
    ),
    "escape sequences": (
        "/* \x1b[31m */ create table t (a text);",
        ["1 | /* <U+001B>[31m */ create table t (a text);", f"  |                    {'^' * 23}"],
    ),
    "text that runs from right to left": (
        "/* \u202e */ create table t (a text);",
        ["1 | /* <U+202E> */ create table t (a text);", f"  |                {'^' * 23}"],
    ),
}


@pytest.mark.parametrize(("sql", "expected"), FRAMES.values(), ids=FRAMES.keys())
def test_the_frame(sql: str, expected: list[str]) -> None:
    assert frame(sql, "no_primary_key") == expected


def test_a_very_long_line_is_no_burden() -> None:
    sql = f"/* {'x' * 3_000_000} */ create table t (a text); /* {'y' * 1_000_000} */"
    assert frame(sql, "no_primary_key")[0].startswith("1 | …xxx")


def test_a_statement_of_several_lines() -> None:
    assert "  : to line 3" in text.render(report("create table t (\n  a text\n);", "no_primary_key")).splitlines()


@pytest.mark.parametrize("room", [40, 80, 120])
def test_nothing_but_code_and_addresses_is_wider_than_the_screen(room: int) -> None:
    sql = "create table public.log (line text);\ncreate view public.lines as select line from public.log;\n"
    for line in text.render(report(sql), room=room).splitlines():
        assert len(line) <= room or "https:" in line or line.endswith(";") or " " not in line.strip()


SUMMARIES = {
    "nothing": ("select 1;", (), "no findings in 1 file"),
    "one": ("create table log (a text);", ("no_primary_key",), "1 finding: 1 info in 1 file"),
    "several": (
        "create table log (a text);\ncreate function f() returns int language sql as 'select 1';",
        ("no_primary_key", "rls_disabled_in_public", "function_search_path_mutable"),
        "3 findings: 1 error, 1 warning, 1 info in 1 file",
    ),
    "suppressed": (
        "create table log (a text); -- pasteproof: ignore no_primary_key (a log)",
        ("no_primary_key",),
        "no findings in 1 file; 1 suppressed by comments",
    ),
}


@pytest.mark.parametrize(("sql", "rules", "expected"), SUMMARIES.values(), ids=SUMMARIES.keys())
def test_the_summary_is_the_last_line(sql: str, rules: tuple[str, ...], expected: str) -> None:
    assert text.render(report(sql, *rules)).splitlines()[-1] == expected


def test_the_summary_counts_history() -> None:
    made = project({"1_a.sql": "create table log (a text);", "2_b.sql": ""}, applied={"1_a.sql"})
    found = lint(made, Options(select=("no_primary_key",)))
    assert text.summary(found) == "no findings in 2 files; 1 in history (--all)"


def test_json() -> None:
    sql = "create table public.log (\n  line text\n);\n"
    document = standard_json.loads(json.render(report(sql, "no_primary_key")))
    assert document == {
        "version": 1,
        "findings": [
            {
                "rule": "no_primary_key",
                "level": "INFO",
                "message": "public.log has no primary key",
                "object": {"kind": "table", "identity": "public.log"},
                "location": {"file": "1_a.sql", "line": 1, "column": 1, "end_line": 3, "end_column": 2},
                "related": [],
                "why": [],
                "remedy": {
                    "text": "Add one, for instance over a new column:",
                    "sql": "alter table public.log add column id bigint generated always as identity primary key;",
                },
                "cache_keys": ["no_primary_key_public_log"],
                "url": "https://supabase.com/docs/guides/database/database-linter?lint=0004_no_primary_key",
            }
        ],
        "summary": {
            "findings": 1,
            "errors": 0,
            "warnings": 0,
            "infos": 1,
            "files": 1,
            "history": 0,
            "suppressed": 0,
            "waived": 0,
            "unreadable": 0,
        },
    }


def test_json_spells_out_what_a_terminal_would_obey() -> None:
    name = "a\u202eb\x9bc\U000e0041"
    rendered = json.render(report(f'create table "{name}" (a text);', "no_primary_key"))
    assert not set("\u202e\x9b\U000e0041") & set(rendered)
    assert name in standard_json.loads(rendered)["findings"][0]["message"]


COLORS = {
    "a terminal": ("auto", {}, True, True),
    "a pipe": ("auto", {}, False, False),
    "NO_COLOR": ("auto", {"NO_COLOR": "1"}, True, False),
    "an empty NO_COLOR": ("auto", {"NO_COLOR": ""}, True, True),
    "FORCE_COLOR": ("auto", {"FORCE_COLOR": "1"}, False, True),
    "FORCE_COLOR=0": ("auto", {"FORCE_COLOR": "0"}, False, False),
    "a dumb terminal": ("auto", {"TERM": "dumb"}, True, False),
    "always": ("always", {"NO_COLOR": "1"}, False, True),
    "never": ("never", {"FORCE_COLOR": "1"}, True, False),
}


class Stream:
    def __init__(self, *, terminal: bool) -> None:
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal


@pytest.mark.parametrize(("choice", "environment", "terminal", "expected"), COLORS.values(), ids=COLORS.keys())
def test_when_to_colour(choice: str, environment: dict[str, str], terminal: bool, expected: bool) -> None:
    assert wants_color(choice, Stream(terminal=terminal), environment) is expected  # type: ignore[arg-type]  # a stream


def test_colours_change_nothing_else() -> None:
    import re

    found = report("create table public.log (line text);")
    assert re.sub("\x1b\\[[0-9;]*m", "", text.render(found, color=True)) == text.render(found)


@pytest.mark.parametrize(
    ("given", "expected"),
    [("a b", "a b"), ("a\tb\nc", "a\tb\nc"), ("\x1b[0m", "<U+001B>[0m"), ("\u2066x\u2069", "<U+2066>x<U+2069>")],
)
def test_printable(given: str, expected: str) -> None:
    assert printable(given) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("one two three", ["one two", "  three"]),
        ("onetwothree", ["onetwothree"]),
        ("", [""]),
        ("один два три", ["один два", "  три"]),
    ],
)
def test_wrapped(given: str, expected: list[str]) -> None:
    assert wrapped(given, 8, "  ") == expected
