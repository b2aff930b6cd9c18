"""``expect_sql``: the expectation as plain DDL, simulated and compared like the migrations."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner, Result

from pasteproof.cli import main

if TYPE_CHECKING:
    from pathlib import Path

DECLARED = """\
create table public.note (id int primary key, body text not null default 'a');
alter table public.note enable row level security;
create policy "read" on public.note for select to authenticated using (id > 0);
create function public.f(a int) returns int language sql immutable set search_path = '' as 'select a';
"""
YAML = "version: 1\ntarget: {default_grants: exposed}\nexpect_sql: supabase/schemas/*.sql\n"
RULES = ("object_missing", "object_differs", "object_unexpected", "object_undecided")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    for folder in ("migrations", "schemas"):
        (tmp_path / "supabase" / folder).mkdir(parents=True)
    (tmp_path / "schema.yaml").write_text(YAML)
    (tmp_path / "supabase/schemas/note.sql").write_text(DECLARED)
    return tmp_path


def lint(project: Path, sql: str, *flags: str) -> Result:
    (project / "supabase/migrations/001_a.sql").write_text(sql)
    arguments = ["lint", "-C", str(project), "--select", ",".join(RULES), "--format", "json", *flags]
    return CliRunner().invoke(main, arguments)


def found(project: Path, sql: str) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = json.loads(lint(project, sql).stdout)["findings"]
    return listed


def told(project: Path, sql: str) -> set[tuple[str, str]]:
    return {(each["rule"], each["message"]) for each in found(project, sql)}


def test_another_way_to_the_same_state_is_no_difference(project: Path) -> None:
    made = (
        "create table note (id int, body text);\nalter table note add primary key (id);\n"
        "alter table note alter body set default 'b', alter body set not null;\n"
        "alter table note alter body set default 'a'; alter table note enable row level security;\n"
        'create policy "read" on note for select to authenticated using (id > 0);\n'
        "create function f(a int) returns int language sql immutable set search_path = '' as 'select a';\n"
        "comment on table note is 'of comments the files say nothing'; revoke all on note from anon;\n"
    )
    assert told(project, made) == set()


MISTAKES = {
    "a table that nothing makes": (
        DECLARED.replace("note", "notes"),
        {
            ("object_missing", "table public.note is expected, but nothing makes it"),
            ("object_unexpected", "table public.notes is made, but it is not expected"),
        },
    ),
    "another default": (
        DECLARED.replace("'a'", "'b'"),
        {("object_differs", "column public.note.body differs in default")},
    ),
    "no row level security": (
        DECLARED.replace("enable row", "disable row"),
        {("object_differs", "table public.note differs in row security")},
    ),
    "a policy that is left over": (
        DECLARED + "create policy leftover on public.note using (true);",
        {("object_unexpected", "policy leftover on public.note is made, but it is not expected")},
    ),
    "what cannot be followed": (
        DECLARED + "do $$ begin execute format('alter table public.note add x int -- %s', now()); end $$;",
        {("object_undecided", "it cannot be decided whether table public.note is as expected")},
    ),
}


@pytest.mark.parametrize(("sql", "expected"), MISTAKES.values(), ids=MISTAKES.keys())
def test_what_is_made_otherwise_is_found(
    project: Path, sql: str, expected: set[tuple[str, str]], request: pytest.FixtureRequest
) -> None:
    got = told(project, sql)
    if "cannot be followed" in request.node.name:
        assert got
        assert {rule for rule, _ in got} == {"object_undecided"}
    else:
        assert got == expected


def test_both_places_are_told(project: Path) -> None:
    (finding,) = found(project, DECLARED.replace("'a'", "'b'"))
    assert finding["location"]["file"] == "supabase/migrations/001_a.sql"
    assert [each["location"]["file"] for each in finding["related"]] == ["supabase/schemas/note.sql"]
    assert finding["why"] == ["expected: 'a'", "made: 'b'"]
    assert "supabase/schemas/note.sql" in finding["remedy"]["text"]


def test_grants_are_asked_where_the_files_speak_of_them(project: Path) -> None:
    (project / "supabase/schemas/note.sql").write_text(DECLARED + "revoke all on public.note from anon;\n")
    (finding,) = found(project, DECLARED)
    assert (finding["rule"], finding["object"]["identity"]) == ("object_differs", "public.note")
    assert "made: all" in finding["why"]
    assert finding["remedy"]["sql"] == "revoke all on public.note from anon;"
    (project / "supabase/schemas/note.sql").write_text(
        DECLARED + "revoke all on function public.f(int) from public, anon, authenticated;\n"
    )
    (finding,) = found(project, DECLARED)
    assert finding["why"] == ["expected: service_role", "made: anon, authenticated, public, service_role"]


def test_a_fault_of_the_files_themselves_is_told(project: Path) -> None:
    (project / "supabase/schemas/note.sql").write_text(DECLARED + "create table public.note (id int);\n")
    (finding,) = found(project, DECLARED)
    assert finding["rule"] == "object_undecided"
    assert finding["location"]["file"] == "supabase/schemas/note.sql"
    assert finding["location"]["line"] == 5
    assert finding["why"] == ['42P07: relation "note" already exists']


def test_its_files_are_no_migrations_while_there_are_any(project: Path) -> None:
    (project / "schema.yaml").write_text(
        "version: 1\ntarget: {default_grants: exposed}\nmigrations: supabase/*/*.sql\n"
        "expect_sql: [supabase/schemas/*.sql]\n"
    )
    assert told(project, DECLARED) == set()
    assert json.loads(lint(project, DECLARED).stdout)["summary"]["files"] == 1


def test_history_does_not_hide_what_is_expected(project: Path) -> None:
    (project / "schema.yaml").write_text(YAML + "applied_until: {version: '001'}\n")
    assert told(project, DECLARED.replace("'a'", "'b'")) == MISTAKES["another default"][1]


def test_a_pattern_without_files_is_an_error(project: Path) -> None:
    (project / "schema.yaml").write_text(YAML.replace("schemas", "schema"))
    done = lint(project, DECLARED)
    assert done.exit_code == 2
    assert "schema.yaml:3:13: no file matches supabase/schema/*.sql" in done.stderr


def test_a_secret_in_it_is_not_repeated(project: Path) -> None:
    secret = "postgresql://me:hunter2hunter2@db.example.com/x"  # noqa: S105 - it must not be seen
    (project / "supabase/schemas/note.sql").write_text(DECLARED.replace("'a'", f"'{secret}'"))
    done = lint(project, DECLARED)
    assert done.exit_code == 1
    assert "hunter2" not in done.stdout
