"""What is not the whole paste, as it was rendered, by whom and where it was meant: refused, and nothing persists."""

from __future__ import annotations

import hashlib
import random
from typing import TYPE_CHECKING

import pytest

from pasteproof.bundle.evidence import Decision
from pasteproof.connect import editor
from pasteproof.schema.source import split
from pasteproof.tests.bundle.pasting import (
    LANGUAGES,
    bundle_of,
    example,
    example_bundle,
    judged,
    pasted,
    refused,
    reported,
    shown,
    state,
)
from pasteproof.tests.projects import project

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pasteproof.connect.server import Database, Server

PASTE = example_bundle().files["bundle.sql"]
MARK = f"-- pasteproof {example_bundle().manifest.bundle}"
MIGRATION = (PASTE.index(f"\n{MARK} migration 1:") + 1, PASTE.index(f"\n{MARK} migration 1 end") + 1)


# --- the text ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "before",
    ["begin;\n", "BEGIN;", "start transaction;", "set role anon;", "/* c */ begin;", ";", "--\nbegin;", "--\rbegin;"],
)
def test_nothing_may_stand_before_it(before: str, database: Database) -> None:
    clean = state(database)
    error = refused(database, before + PASTE)
    assert error.message == "pasteproof: something stands before the bundle, nothing was done"
    assert "BEGIN" in error.detail
    assert state(database) == clean


def test_nor_a_query(database: Database) -> None:
    error = refused(database, "select 1;" + PASTE)
    assert error.message == "SET TRANSACTION [NOT] DEFERRABLE must be called before any query"


@pytest.mark.parametrize("before", ["\n\n", "-- saved as 004\n", "/* a ; * b **/\n", "\t-- $$ ' \"\n  "])
def test_but_white_space_and_comments(before: str, database: Database) -> None:
    result = editor.run(database.dsn(), before + PASTE)
    assert result.error is None, result.error
    assert judged(example_bundle(), shown(result)).decision is Decision.ACCEPTED


def test_one_statement_at_a_time_as_psql_sends_it(database: Database) -> None:
    clean = state(database)
    answers = editor.run_psql(database.dsn(), PASTE)
    errors = [answer.error for answer in answers if answer.error]
    assert errors[0].message == "pasteproof: this is not the whole paste, nothing was done"
    assert "one statement at a time" in errors[0].detail
    assert state(database) == clean
    last = judged(example_bundle(), editor.export(answers[-1].rows, "json"))
    assert last.decision is Decision.INCOMPLETE


def _changed() -> Iterator[tuple[str, int]]:
    """One place in each part of the text, and some that chance picks (the same each time)."""
    yield "a comment of the migration", PASTE.index("Журнал вызовов") + 3
    yield "an index of the migration", PASTE.index("created_at desc", MIGRATION[0])
    yield "the body of its function", PASTE.index("interval '90 days'") + 10
    yield "its last character", MIGRATION[1] - 2
    yield "an expectation", PASTE.index("idx_integration_logs_failed", MIGRATION[1])
    yield "the guard", PASTE.index("pg_is_in_recovery") + 4
    yield "the final query", PASTE.rindex("pg_catalog.clock_timestamp") + 12
    yield "the header", PASTE.index("\n-- ") + 5
    dice = random.Random(4)  # noqa: S311 - only to spread the places
    for _ in range(12):
        place = dice.randrange(len(MARK) + 10, len(PASTE) - 100)
        yield f"character {place}", place


@pytest.mark.parametrize(("what", "place"), list(_changed()), ids=[what for what, _ in _changed()])
def test_one_character_changed(what: str, place: int, database: Database) -> None:
    clean = state(database)
    other = "x" if PASTE[place] != "x" else "y"
    error = refused(database, PASTE[:place] + other + PASTE[place + 1 :])
    if error.sqlstate == "P0001" and error.message.startswith("pasteproof: the text was changed"):
        named = "supabase/migrations/004_integration_logs.sql" in error.detail
        assert named == (MIGRATION[0] < place < MIGRATION[1])
        assert "Paste the file again as it is." in error.hint
    elif MIGRATION[0] < place < MIGRATION[1]:
        assert error.sqlstate.startswith("42601")  # the server's parser was first
    assert state(database) == clean


@pytest.mark.parametrize(
    ("old", "new"),
    [("'", "’"), ("    ", "\t"), ("--", "—"), ("\n\n", "\n"), ("\n", "\r"), ("и", "i")],
)
def test_what_editors_and_chats_do_to_a_text(old: str, new: str, database: Database) -> None:
    text = PASTE.replace(old, new)
    assert text != PASTE
    clean = state(database)
    refused(database, text)
    assert state(database) == clean


# --- parts of it ----------------------------------------------------------------------------------------------

BORDERS = split(PASTE)
# The first statement of the migration carries its marker.
WITHIN = [n for n, (start, end) in enumerate(BORDERS) if start >= MIGRATION[0] and end < MIGRATION[1]]


def _selections() -> dict[str, list[tuple[int, int]]]:
    last = len(BORDERS) - 1
    return {
        "prefixes": [(0, end) for end in range(last)],
        "suffixes": [(start, last) for start in range(1, last + 1)],
        "pairs": [(start, start + 1) for start in range(last)],
        "singles": [(start, start) for start in range(last + 1)],
        "long ones": [(start, last - start) for start in range(1, last // 2)],
        "up to COMMIT": [(start, last - 1) for start in range(0, last - 1, 3)],
    }


@pytest.mark.parametrize("kind", _selections())
def test_a_part_persists_nothing(kind: str, database: Database) -> None:
    clean = state(database)
    for start, end in _selections()[kind]:
        if start in WITHIN and end in WITHIN:
            continue
        text = PASTE[BORDERS[start][0] : BORDERS[end][1]]
        result = editor.run(database.dsn(), text)
        if not result.error and result.rows:
            seen = judged(example_bundle(), shown(result))
            assert not seen.decision.accepted, (start, end)
    assert state(database) == clean
    assert pasted(database, example_bundle()).decision is Decision.ACCEPTED  # nothing is in its way


def test_with_a_statement_left_out_it_persists_nothing(database: Database) -> None:
    clean = state(database)
    for start, end in BORDERS[:-1]:
        refused(database, PASTE[:start] + PASTE[end:])
    assert state(database) == clean


@pytest.mark.parametrize("count", [1, 2, 5])
def test_a_selection_wholly_inside_the_migration_is_named_by_the_next_guard(count: int, database: Database) -> None:
    start, end = WITHIN[0], WITHIN[0] + count - 1
    part = PASTE[BORDERS[start][0] : BORDERS[end][1]]
    assert editor.run(database.dsn(), part).error is None
    left = state(database)
    error = refused(database, PASTE)
    assert error.message == "pasteproof: something this migration makes is there already, nothing was done"
    assert "table public.integration_logs" in error.detail
    assert "verify.sql" in error.hint
    assert state(database) == left
    assert pasted(database, example_bundle(), "verify.sql").decision is Decision.REJECTED


# --- again, and at the wrong place -----------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_second_paste_changes_nothing_and_says_what_to_do(language: str, database: Database) -> None:
    bundle = example_bundle(language)
    assert pasted(database, bundle).decision is Decision.ACCEPTED
    done = state(database)
    for name in ("bundle.sql", "dry-run.sql"):
        error = refused(database, bundle.files[name])
        assert "004" in error.message
        assert "verify.sql" in error.hint
        assert judged(bundle, editor.error_text(error)).decision is Decision.ROLLED_BACK
    assert state(database) == done
    assert pasted(database, bundle, "verify.sql").decision is Decision.ACCEPTED


def test_the_other_languages_bundle_is_the_same_migration(database: Database) -> None:
    assert pasted(database, example_bundle("ru")).decision is Decision.ACCEPTED
    assert "has been applied already" in refused(database, PASTE).message


def test_another_migration_under_the_same_version(database: Database) -> None:
    other = project({"004_other.sql": "create table public.other (id int primary key);"})
    assert pasted(database, bundle_of(other)).decision is Decision.ACCEPTED
    before = state(database)
    error = refused(database, PASTE)
    assert error.message == "pasteproof: version 004 is taken by another migration, nothing was done"
    assert "other" in error.detail
    assert "integration_logs" in error.detail
    assert "new version" in error.hint
    assert state(database) == before


def test_the_same_name_with_other_statements(database: Database) -> None:
    other = project({"004_integration_logs.sql": "create table public.other (id int primary key);"})
    assert pasted(database, bundle_of(other)).decision is Decision.ACCEPTED
    assert refused(database, PASTE).message.startswith("pasteproof: version 004 is taken by another migration")


def test_another_login_role(server: Server, database: Database) -> None:
    with database.connect("supabase_admin") as admin:
        admin.execute("create role someone login superuser")
    clean = state(database)
    error = editor.run(database.dsn("someone"), PASTE).error
    assert error is not None
    assert error.message == "pasteproof: this paste runs as postgres alone, nothing was done"
    assert error.detail == "The current role is someone, the session's role is someone."
    assert "postgres" in error.hint
    assert state(database) == clean


@pytest.mark.parametrize("role", ["anon", "authenticated", "service_role"])
def test_run_as(role: str, database: Database, folders: dict[str, Path], tmp_path: Path) -> None:
    clean = state(database)
    error = editor.run(database.dsn(), PASTE, run_as=role).error
    assert error is not None
    assert error.sqlstate == "25001"
    assert state(database) == clean
    for language in LANGUAGES:
        (tmp_path / "error").write_text(editor.error_text(error), "utf-8")
        code, _, report = reported(folders[language], tmp_path / "error")
        assert code == 1
        assert {"en": "Run as", "ru": "Run as"}[language] in report


def test_a_read_only_session(database: Database) -> None:
    clean = state(database)
    error = editor.run(database.dsn(), PASTE, read_only=True).error
    assert error is not None
    assert error.message == "pasteproof: this database takes no changes, nothing was done"
    assert "primary" in error.hint
    assert state(database) == clean


def test_a_major_it_was_not_rendered_for(server: Server, database: Database) -> None:
    others = [major for major in (15, 17, 18) if major != server.major]
    made = project(
        {"1_a.sql": "create table public.a (id int primary key);"},
        f"version: 1\ntarget: {{postgres: {others}, default_grants: exposed}}\n",
    )
    error = refused(database, bundle_of(made).files["bundle.sql"])
    assert error.message == "pasteproof: this bundle was not rendered for this PostgreSQL, nothing was done"
    assert str(server.major) in error.detail
    assert "target.postgres" in error.hint


HISTORY = """create schema app;
create table app.owner (id uuid primary key);
create function app.mine(id uuid) returns boolean language sql stable set search_path = '' as 'select id is not null';
create type app.mood as enum ('glad');
create extension if not exists citext with schema extensions;
"""
NEEDING = """create table app.todo (id uuid primary key references app.owner, mood app.mood, mail extensions.citext);
alter table app.todo enable row level security;
create policy own on app.todo to authenticated using (app.mine(id));
"""


@pytest.mark.parametrize(
    ("gone", "named"),
    [
        ("drop table app.owner", "table app.owner"),
        ("drop function app.mine(uuid)", "function app.mine(uuid)"),
        ("drop type app.mood", "type app.mood"),
        ("drop schema app cascade", "schema app"),
    ],
)
def test_what_it_builds_on_is_not_there(gone: str, named: str, database: Database) -> None:
    bundle = bundle_of(project({"1_history.sql": HISTORY, "2_todo.sql": NEEDING}, applied={"1_history.sql"}))
    assert not [answer.error for answer in editor.run_psql(database.dsn(), HISTORY + gone) if answer.error]
    before = state(database)
    error = refused(database, bundle.files["bundle.sql"])
    assert error.message == "pasteproof: something this migration builds on is not there, nothing was done"
    assert named in error.detail.split("\n")
    assert "earlier migrations" in error.hint
    assert state(database) == before


@pytest.mark.parametrize(
    ("other", "kind"),
    [
        ("alter default privileges in schema public revoke all on tables from anon", "tables"),
        ("alter default privileges in schema public grant select on tables to public", "tables"),
        ("alter default privileges in schema public revoke execute on functions from service_role", "functions"),
    ],
)
def test_default_grants_other_than_assumed(other: str, kind: str, database: Database) -> None:
    editor.run(database.dsn(), other)
    before = state(database)
    error = refused(database, PASTE)
    assert error.message.startswith("pasteproof: new objects would get other privileges")
    assert f"\n{kind}: " in error.detail
    assert "target.default_grants" in error.hint
    assert state(database) == before


def test_a_waiting_paste_gets_a_clean_answer(database: Database) -> None:
    from pasteproof.bundle.verify import ADVISORY_LOCK

    with database.connect() as other:
        other.execute("select pg_advisory_lock(%s)", [ADVISORY_LOCK])
        assert refused(database, PASTE).message == (
            "pasteproof: another paste is running in this database, nothing was done"
        )
    assert pasted(database, example_bundle()).decision is Decision.ACCEPTED


# --- a check that fails ----------------------------------------------------------------------------------------


def _resealed(text: str, old: str, new: str) -> str:
    """The text with a change that its seal covers: what a bundle with another expectation would be."""
    assert old in text
    bundle = example_bundle().manifest.bundle
    seal = text.split("unchanged := pg_catalog.md5(pg_catalog.replace(ours, '")[1][:32]
    text = text.replace(old, new)
    ours = text[text.index(f"-- pasteproof {bundle} begin\n") : text.index(f"-- pasteproof {bundle} end")]
    return text.replace(seal, hashlib.md5(ours.replace(seal, "").encode(), usedforsecurity=False).hexdigest())


def test_a_failing_check_leaves_nothing(database: Database) -> None:
    clean = state(database)
    text = _resealed(PASTE, '[\\"security_invoker=true\\"]', '[\\"security_invoker=off\\"]')
    error = refused(database, text)
    assert error.message.endswith("checks failed, so nothing was kept")
    assert "view public.integration_stats_daily options" in error.detail
    assert "schema report" in error.hint
    assert state(database) == clean
    assert judged(example_bundle(), editor.error_text(error)).decision is Decision.ROLLED_BACK


MEDDLING = [
    (
        "alter default privileges for role postgres grant truncate on tables to dashboard_user",
        "privilege table public.integration_logs dashboard_user",
    ),
    (
        """create function public.meddle() returns event_trigger language plpgsql as $$ begin
        if to_regclass('public.integration_logs') is not null and tg_tag = 'CREATE VIEW' then
          execute 'alter table public.integration_logs disable row level security'; end if; end $$;
        create event trigger meddle on ddl_command_end execute function public.meddle()""",
        "table public.integration_logs row_security",
    ),
    (
        """create function public.meddle() returns event_trigger language plpgsql as $$ begin
        if to_regclass('public.integration_logs') is not null and tg_tag = 'CREATE POLICY' then
          execute 'create policy backdoor on public.integration_logs using (true)'; end if; end $$;
        create event trigger meddle on ddl_command_end when tag in ('CREATE POLICY')
          execute function public.meddle()""",
        "",
    ),
]


@pytest.mark.parametrize(("sql", "told"), MEDDLING[:2], ids=["default privilege", "event trigger"])
def test_what_comes_out_otherwise_is_rolled_back(sql: str, told: str, database: Database) -> None:
    assert editor.run(database.dsn("supabase_admin"), sql).error is None
    before = state(database)
    error = refused(database, PASTE)
    assert error.message.endswith("checks failed, so nothing was kept"), error
    assert told in error.detail
    assert state(database) == before


@pytest.mark.parametrize(("sql", "told"), MEDDLING[:2], ids=["default privilege", "event trigger"])
def test_or_kept_and_reported_where_that_was_asked_for(sql: str, told: str, database: Database) -> None:
    bundle = example_bundle("en", "report")
    assert editor.run(database.dsn("supabase_admin"), sql).error is None
    judgement = pasted(database, bundle)
    assert judgement.decision is Decision.REJECTED
    assert judgement.facts["status"] == "committed"
    assert told in {f"{answer.kind} {answer.object} {answer.attribute}" for answer in judgement.wrong}
    assert pasted(database, bundle, "verify.sql").decision is Decision.REJECTED


def test_the_example_is_what_is_pasted_here() -> None:
    assert example().pending[0].source.text.strip() in PASTE
