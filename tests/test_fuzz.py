"""Damaged SQL, made of the project's own: it is read without a fault, and nothing is said that the damage hides."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pasteproof.checks.lint import Options, lint
from pasteproof.connect.server import Database, Server
from pasteproof.schema.catalog import Missing, Rejection, Unmodelled
from pasteproof.schema.simulate import platform_catalog, simulate
from pasteproof.schema.source import Source, Statement, statements
from pasteproof.schema.taint import FAULT

from .projects import project

EXAMPLES = int(os.environ.get("PASTEPROOF_TEST_EXAMPLES", "40"))
ROOT = Path(__file__).parent.parent
_PIECES = re.compile(r"\s+|[A-Za-z_]\w*|\d+|.", re.DOTALL)
WORDS = (
    "select", "create", "table", "policy", "on", "as", "$$", "'", '"', "(", ")", ";", "--", "/*", "begin", "end",
    "drop", "cascade", "null", "1", "x", "public.", "\\", "\ufeff", "é", "::", "execute", "do", "rollback",
    "returns trigger", "if not exists", "using (true)", ",", "*", "[]", "references",
)  # fmt: skip
# What a test in one transaction of one connection cannot run
ELSEWHERE = frozenset({"TransactionStmt", "CopyStmt", "DeallocateStmt", "DiscardStmt", "VariableSetStmt"})


@cache
def texts() -> tuple[str, ...]:
    """The SQL of the tests and the examples, a case or a file at a time."""
    paths = [path for folder in ("tests", "examples") for path in sorted((ROOT / folder).rglob("*.sql"))]
    whole = [path.read_text("utf-8") for path in paths]
    return tuple(piece for text in whole for piece in re.split(r"(?m)^-- case:.*\n", text) if piece.strip())


def damage(draw: st.DrawFn) -> str:
    """Cut a text, and change some of its words."""
    pieces = _PIECES.findall(draw(st.sampled_from(texts())))
    for _ in range(draw(st.integers(0, 6))):
        if not pieces:
            break
        at = draw(st.integers(0, len(pieces) - 1))
        match draw(st.sampled_from(("drop", "swap", "put", "copy", "replace"))):
            case "drop":
                del pieces[at : at + draw(st.integers(1, 3))]
            case "swap":
                other = draw(st.integers(0, len(pieces) - 1))
                pieces[at], pieces[other] = pieces[other], pieces[at]
            case "put":
                pieces.insert(at, f" {draw(st.sampled_from(WORDS))} ")
            case "copy":
                pieces[at:at] = pieces[at : at + draw(st.integers(1, 12))]
            case _:
                pieces[at] = draw(st.sampled_from(WORDS))
    if draw(st.booleans()):
        del pieces[draw(st.integers(0, len(pieces))) :]
    return "".join(pieces)


DAMAGED = st.composite(damage)()
LIMIT = settings(max_examples=EXAMPLES, deadline=60_000)  # milliseconds: no text may keep it busy without end


@LIMIT
@given(text=DAMAGED)
def test_damaged_sql_is_simulated_without_a_fault(text: str) -> None:
    made = simulate(platform_catalog(), [], [Source.from_text("1_a.sql", text)])
    faults = [event.reason for event in made.events if isinstance(event, Unmodelled) and FAULT in event.reason]
    assert faults == []
    for event in made.events:
        assert 1 <= event.at.line <= text.count("\n") + 1


@LIMIT
@given(text=DAMAGED)
def test_damaged_sql_is_linted_without_a_fault(text: str) -> None:
    lint(project({"1_a.sql": text}), Options())


@pytest.fixture(scope="module")
def database(server: Server) -> Iterator[Database]:
    """One database for all examples: each is rolled back."""
    with server.database() as made:
        yield made


@LIMIT
@given(text=DAMAGED)
def test_what_the_server_takes_of_damaged_sql_is_taken(database: Database, text: str) -> None:
    pieces = [piece for piece in statements(Source.from_text("1_a.sql", text)) if isinstance(piece, Statement)]
    changing = [piece.text for piece in pieces if piece.kind not in ELSEWHERE]
    with database.connect(autocommit=False) as connection:
        connection.execute("set local statement_timeout = '5s'")
        taken = [each for each in changing if accepted(connection, each)]
        connection.rollback()
    source = Source.from_text("1_a.sql", ";\n".join(taken))
    events = simulate(platform_catalog(), [], [source]).events
    refused = [event for event in events if isinstance(event, Rejection | Missing)]
    assert [(event.message, source.slice(0, len(source.data))) for event in refused] == []


def accepted(connection: psycopg.Connection[Any], statement: str) -> bool:
    """Run a statement in a savepoint of its own; whether the server took it."""
    connection.execute("savepoint here")
    try:
        connection.execute(statement.encode())
    except psycopg.Error:
        connection.execute("rollback to savepoint here")
        return False
    return True
