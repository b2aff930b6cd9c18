"""The SQL Editor on a real server: what a paste leaves, what is shown of it, how an error looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pasteproof.connect import editor

if TYPE_CHECKING:
    from pasteproof.connect.server import Database

# (paste, what it shows: an SQLSTATE, rows or nothing; tables of public that are there afterwards)
TRANSACTIONS = [
    ("create table a (); create table b (); select 1/0", "22012", []),
    ("create table a (); commit; create table b (); select 1/0", "22012", ["a"]),
    ("begin; create table a (); commit; create table b (); select 1/0", "22012", ["a"]),
    ("create table a (); begin; create table b (); select 1/0; commit", "22012", []),
    ("begin; create table a ()", [], []),  # shown as a success, and gone with the connection
    ("begin; create table a (); select 1 as n; rollback", [{"n": 1}], []),
    ("set local lock_timeout = '1s'; show lock_timeout", [{"lock_timeout": "1s"}], []),
    ("savepoint s", "25P01", []),
    ("create table a (id int); savepoint s", "25P01", []),
    ("vacuum", [], []),
    ("vacuum; select 1", "25001", []),
    ("create table a (id int); create index concurrently on a (id)", "25001", []),
    ("create type mood as enum ('a'); commit; alter type mood add value 'b'; select 'b'::mood", "55P04", []),
    ("create table a (id int); copy a from stdin", "57014", []),
    ("create table a (id int);\n\\d a", "42601", []),
    ("create temp table t (id int); insert into t values (1); select * from t", [{"id": 1}], []),
    ("create table a (); do $$ begin raise 'no' using errcode = 'P1234'; end $$", "P1234", []),
    ("create table a (); select 'an unterminated quote", "42601", []),
]


@pytest.mark.parametrize(("paste", "shown", "left"), TRANSACTIONS, ids=[row[0] for row in TRANSACTIONS])
def test_what_a_paste_leaves(database: Database, paste: str, shown: object, left: list[str]) -> None:
    result = editor.run(database.dsn(), paste)
    assert (result.error.sqlstate if result.error else result.rows) == shown
    tables = editor.run(database.dsn(), "select tablename from pg_tables where schemaname = 'public' order by 1")
    assert [row["tablename"] for row in tables.rows] == left


def test_an_index_is_built_concurrently_when_alone(database: Database) -> None:
    editor.run(database.dsn(), "create table a (id int)")
    alone = editor.run(database.dsn(), "create index concurrently i on a (id)")
    assert alone.error is None
    assert alone.message == "Success. No rows returned"


SHOWN = [
    ("select 1 as first; select 2 as second where false", [{"first": 1}]),  # the last that is not empty
    ("select 1 as a, 2 as a", [{"a": 2}]),
    ("select 'x' as b, 'y' as \"10\", 'z' as \"9\"", [{"9": "z", "10": "y", "b": "x"}]),
    ("copy (select 1) to stdout; select 2 as b", [{"b": 2}]),
    ("select current_user::text as u, session_user::text as s", [{"u": "postgres", "s": "postgres"}]),
    ("select current_query() like '%-- source: POST%' as trailed", [{"trailed": True}]),
]


@pytest.mark.parametrize(("paste", "rows"), SHOWN)
def test_what_is_shown(database: Database, paste: str, rows: list[dict[str, object]]) -> None:
    result = editor.run(database.dsn(), paste)
    assert [list(row.items()) for row in result.rows] == [list(row.items()) for row in rows]


@pytest.mark.parametrize(
    ("paste", "message"),
    [
        ("create table a ()", "Success. No rows returned"),
        ("select 1 where false", "Success. No rows returned"),
        (
            "-- why\ninsert into storage.buckets (id, name) values ('a', 'a')",
            "Success. Query ran successfully.",
        ),
        ("do $$ begin end $$", "Success. Query ran successfully."),
        ("delete from vault.secrets where false returning 1", "Success. No rows returned"),
    ],
)
def test_what_is_said_without_rows(database: Database, paste: str, message: str) -> None:
    assert editor.run(database.dsn(), paste).message == message


VALUES = {
    "5::bigint": 5,
    "9007199254740993::bigint": "9007199254740993",
    "1.50::numeric": "1.50",
    "1.5::real": 1.5,
    "1e21::double precision": 1e21,
    "'NaN'::double precision": None,
    "'-Infinity'::real": None,
    "true": True,
    "null::text": None,
    "''::text": "",
    '\'{"b": 1.0, "1": [12345678901234567890]}\'::jsonb': {"1": [12345678901234567000.0], "b": 1},
    "'null'::json": None,
    "array['x', 'y\"z', null, 'null', 'a,b', E'c\\\\d']": ["x", 'y"z', None, "null", "a,b", "c\\d"],
    "array[[1, 2], [3, null]]": [[1, 2], [3, None]],
    "array[1.50]::numeric[]": [1.5],
    "array[1]::bigint[]": ["1"],
    "'{}'::text[]": [],
    "array['x']::name[]": "{x}",
    "array[true, false]": [True, False],
    "'[0:1]={a,b}'::text[]": ["a", "b"],
    "'\\x00ff'::bytea": {"type": "Buffer", "data": [0, 255]},
    "'2026-01-02'::date": "2026-01-02",
    "'2026-01-02 03:04:05+00'::timestamptz": "2026-01-02 03:04:05+00",
    "'1 day'::interval": "1 day",
    "'(1,2)'::point": "(1,2)",
    "'a'::\"char\"": "a",
}


@pytest.mark.parametrize(("expression", "value"), VALUES.items(), ids=VALUES)
def test_how_a_value_is_read(database: Database, expression: str, value: object) -> None:
    # In one result, so that a row of a single NULL is told from none.
    rows = editor.run(database.dsn(), f"select 1 as is_there, {expression} as value").rows
    assert rows == [{"is_there": 1, "value": value}]
    assert type(rows[0]["value"]) is type(value)


# paste: the lines that are shown
ERRORS: dict[str, list[str]] = {
    "select 1;\nselect 1 from nope;": [
        'ERROR:  42P01: relation "nope" does not exist',
        "LINE 2: select 1 from nope;",
        "                      ^",
    ],
    "select 1 +": [
        "ERROR:  42601: syntax error at end of input",
        "LINE 0: ",
        "        ^",
    ],  # as pg-meta counts
    "select sum('a'::text)": [
        "ERROR:  42883: function sum(text) does not exist",
        "LINE 1: select sum('a'::text)",
        "               ^",
        "HINT:  No function matches the given name and argument types. You might need to add explicit type casts.",
    ],
    "-- по-русски\nselect 'да' as x, nope": [
        'ERROR:  42703: column "nope" does not exist',
        "LINE 2: select 'да' as x, nope",
        "                          ^",
    ],
    "create table a (); create table a ()": ['ERROR:  42P07: relation "a" already exists'],
    "do $$ begin raise 'no' using errcode = 'P1234', detail = 'why', hint = 'do'; end $$": [
        "ERROR:  P1234: no",
        "DETAIL:  why",
        "HINT:  do",
        "CONTEXT:  PL/pgSQL function inline_code_block line 1 at RAISE",
    ],
    "do $$ begin perform nope; end $$": [
        'ERROR:  42703: column "nope" does not exist',
        "QUERY:  SELECT nope",
        "CONTEXT:  PL/pgSQL function inline_code_block line 1 at PERFORM",
    ],
}


@pytest.mark.parametrize(("paste", "lines"), ERRORS.items(), ids=ERRORS)
def test_how_an_error_looks(database: Database, paste: str, lines: list[str]) -> None:
    error = editor.run(database.dsn(), paste).error
    assert error is not None
    text = "\n".join(lines)
    assert editor.error_text(error) == text
    assert editor.error_text(error, prefix=True) == f"Failed to run sql query: {text}"


class TestRunAs:
    """The role chosen beside RUN."""

    def test_the_text_runs_as_that_role_with_its_claims(self, database: Database) -> None:
        result = editor.run(database.dsn(), "select current_user::text as who, auth.role()", run_as="authenticated")
        assert result.rows == [{"who": "authenticated", "role": "authenticated"}]

    def test_no_rows_are_not_those_of_the_wrapper(self, database: Database) -> None:
        assert editor.run(database.dsn(), "select 1 where false", run_as="anon").rows == []

    def test_a_role_of_ones_own(self, database: Database) -> None:
        editor.run(database.dsn(), "create role reader; grant reader to postgres")
        assert editor.run(database.dsn(), "select current_user::text", run_as="reader").rows == [
            {"current_user": "reader"}
        ]

    def test_a_transaction_cannot_begin_with_options(self, database: Database) -> None:
        error = editor.run(database.dsn(), "begin deferrable; select 1; commit", run_as="anon").error
        assert error is not None
        assert error.sqlstate == "25001"

    def test_lines_are_counted_in_the_users_text(self, database: Database) -> None:
        error = editor.run(database.dsn(), "select 1;\nselect nope", run_as="anon").error
        assert error is not None
        assert "LINE 2: select nope" in editor.error_text(error)


def test_a_read_replica(database: Database) -> None:
    error = editor.run(database.dsn(), "create table a ()", read_only=True).error
    assert error is not None
    assert "in a read-only transaction" in error.message


def test_psql_sends_one_statement_at_a_time_and_goes_on(database: Database) -> None:
    answers = editor.run_psql(
        database.dsn(),
        "\\set x 1\ncreate table a (id int); -- one; two\ninsert into a values (1);\n"
        "selec 1;\ninsert into a values (2);\nselect count(*)::int as n from a;",
    )
    assert [answer.error.sqlstate if answer.error else answer.rows for answer in answers] == [
        [],
        [],
        "42601",
        [],
        [{"n": 2}],
    ]
