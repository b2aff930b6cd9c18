"""Runs a text exactly as the Dashboard's SQL Editor does, and, beside it, as ``psql -f``.

The editor sends the whole text as one simple-query message on a fresh connection as role ``postgres``, so
that it is one implicit transaction unless it says otherwise, and shows the last result that has rows.

Sources: supabase/postgres-meta src/lib/db.ts, src/server/routes/query.ts; supabase/supabase apps/studio
lib/role-impersonation.ts, data/sql/execute-sql-query.ts.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec.structs import replace

from ..schema.source import Location, Source
from .exports import Format, export
from .values import ordered, value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from psycopg.pq.abc import PGconn, PGresult

__all__ = ["Answer", "EditorError", "Format", "Result", "error_text", "export", "run", "run_psql"]

# What the platform appends to the text; user and date are of no consequence.
TRAILER = (
    "\n\n-- source: POST /platform/pg-meta/:ref/query\n"
    "-- user: session:00000000-0000-0000-0000-000000000000\n"
    "-- date: 2026-01-01T00:00:00.000Z"
)
PREFIX = "Failed to run sql query: "

_NO_RESULTS = "ROLE_IMPERSONATION_NO_RESULTS"
_WRAPPER_LINES = 11  # that "Run as" puts before the text; the Dashboard subtracts them from LINE
_API_ROLES = ("anon", "authenticated", "service_role")


class EditorError(msgspec.Struct, frozen=True, kw_only=True):
    """What the server reported, and ``shown``, how pg-meta prints it."""

    severity: str
    sqlstate: str
    message: str
    position: int | None = None  # in characters of what was sent, from 1
    detail: str = ""
    hint: str = ""
    query: str = ""
    context: str = ""
    shown: str = ""


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What the editor shows: rows, an error, or a message that there are none."""

    rows: list[dict[str, Any]]
    error: EditorError | None = None
    message: str | None = None


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What psql got for one statement; not ``kept``: refused, or lost with a transaction that failed or never ended."""

    statement: str
    rows: list[dict[str, Any]]
    error: EditorError | None = None
    at: Location
    kept: bool = True


def run(dsn: str, text: str, *, trailer: bool = True, run_as: str | None = None, read_only: bool = False) -> Result:
    """Run a text as the SQL Editor does.

    ``dsn`` names the user too (on the platform ``postgres``). ``trailer`` appends what the platform appends;
    ``run_as`` is the role chosen under "Run as"; ``read_only`` stands for a read replica. What the server
    refuses is in the result; a connection that cannot be made raises psycopg.OperationalError.
    """
    sent = (_wrapped(text, run_as) if run_as else text) + (TRAILER if trailer else "")
    connection = _connect(dsn, read_only=read_only)
    try:
        sets: list[list[dict[str, Any]]] = []
        for rows, error in _exchange(connection, sent):
            if error is not None:
                return Result(rows=[], error=_shown(error, sent, _WRAPPER_LINES if run_as else 0))
            sets.append(rows)
    finally:
        connection.finish()
    rows = next((each for each in reversed(sets) if each), [])
    if run_as and len(rows) == 1 and rows[0].get(_NO_RESULTS) == 1:
        rows = []
    return Result(rows=rows, message=None if rows else _message(text))


def run_psql(dsn: str, text: str | Source) -> list[Answer]:
    """Run a text as ``psql -f`` does without ON_ERROR_STOP: one statement at a time, going on after an error.

    Commands of psql itself, and the rows below a COPY FROM stdin, are stepped over.
    """
    from psycopg.pq import TransactionStatus as Status

    from ..schema.source import Rejected, statements

    source = Source.from_text("", text) if isinstance(text, str) else text
    connection = _connect(dsn)
    answers: list[Answer] = []
    opened, failed = 0, False  # where the transaction under way began, and whether it can only be rolled back
    try:
        for piece in statements(source):
            if isinstance(piece, Rejected) and piece.psql:
                continue
            for rows, error in _exchange(connection, piece.text):
                shown = None if error is None else _shown(error, piece.text)
                kept = error is None
                answers.append(Answer(statement=piece.text, rows=rows, error=shown, at=piece.location, kept=kept))
            status = connection.transaction_status
            if status == Status.IDLE:
                if failed:
                    answers[opened:] = [replace(each, kept=False) for each in answers[opened:]]
                opened = len(answers)
            failed = status == Status.INERROR
            if status == Status.UNKNOWN:
                break  # the server ended the connection
        if connection.transaction_status != Status.IDLE:
            answers[opened:] = [replace(each, kept=False) for each in answers[opened:]]
    finally:
        connection.finish()
    return answers


def error_text(error: EditorError, *, prefix: bool = False) -> str:
    """Write an error as the editor shows and copies it; the Dashboard's API puts a prefix before it."""
    lines = "\n".join(line for line in error.shown.split("\n") if line)
    return f"{PREFIX}{lines}" if prefix else lines


def _wrapped(text: str, role: str) -> str:
    """Put the role's settings before the text, with the line ends that the Dashboard writes."""
    if role in _API_ROLES:
        claims = (
            '{"aud":"authenticated","role":"authenticated","sub":"00000000-0000-0000-0000-000000000000"}'
            if role == "authenticated"
            else f'{{"iss":"supabase","role":"{role}"}}'
        )
        settings = (
            f"select set_config('role', '{role}', true),\n"
            f"           set_config('request.jwt.claims', '{claims}', true),\n"
            "           set_config('request.method', 'POST', true),\n"
            "           set_config('request.path', '/impersonation-example-request-path', true),\n"
            """           set_config('request.headers', '{"accept": "*/*"}', true);"""
        )
    else:
        settings = f"\n    set local role '{role}';\n  "
    return (
        f"\n    {settings}\n\n"
        "    -- without rows in the text's own results, this one is the last that has any\n"
        "    -- (two lines of comment, as there)\n"
        f'    select 1 as "{_NO_RESULTS}";\n\n    {text}\n  '
    )


def _message(text: str) -> str:
    """Say what stands in place of rows."""
    code = re.sub(r"--[^\n]*|/\*.*?\*/", "", text, flags=re.DOTALL).strip().lower()
    if code.startswith(("insert", "update", "delete", "merge", "call", "do")) and "returning" not in code:
        return "Success. Query ran successfully."
    return "Success. No rows returned"


# --- the protocol ----------------------------------------------------------------------------------------


def _connect(dsn: str, *, read_only: bool = False) -> PGconn:
    """Open a connection of one's own, as pg-meta does for each request."""
    import psycopg  # an optional extra, and slow to import
    from psycopg import pq

    conninfo = psycopg.conninfo.make_conninfo(
        dsn, application_name="supabase/dashboard-query-editor", client_encoding="UTF8"
    )
    if read_only:
        conninfo = psycopg.conninfo.make_conninfo(conninfo, options="-c default_transaction_read_only=on")
    connection = pq.PGconn.connect(conninfo.encode())
    if connection.status != pq.ConnStatus.OK:
        message = connection.get_error_message()
        connection.finish()
        raise psycopg.OperationalError(message)
    return connection


def _exchange(connection: PGconn, text: str) -> Iterator[tuple[list[dict[str, Any]], EditorError | None]]:
    """Send one simple-query message and read what comes back: one pair for each result."""
    from psycopg import pq

    status = pq.ExecStatus
    connection.send_query(text.encode())
    while (result := connection.get_result()) is not None:
        if result.status == status.COPY_IN:
            connection.put_copy_end(b"No source stream defined")  # node-postgres' answer
        elif result.status == status.COPY_OUT:
            while connection.get_copy_data(0)[0] > 0:
                pass
        elif result.status in (status.COMMAND_OK, status.EMPTY_QUERY):
            yield [], None
        elif result.status == status.TUPLES_OK:
            yield _rows(result), None
        else:
            yield [], _error(result)


def _rows(result: PGresult) -> list[dict[str, Any]]:
    """Read a result's rows; of columns with one name the last wins."""
    names = [(result.fname(column) or b"").decode() for column in range(result.nfields)]
    types = [result.ftype(column) for column in range(result.nfields)]
    rows = []
    for number in range(result.ntuples):
        cells = (result.get_value(number, column) for column in range(result.nfields))
        texts = (None if cell is None else cell.decode(errors="replace") for cell in cells)
        rows.append(ordered({n: value(text, t) for n, t, text in zip(names, types, texts, strict=True)}))
    return rows


def _error(result: PGresult) -> EditorError:
    """Read an error's fields."""
    from psycopg.pq import DiagnosticField as Field

    def field(which: Field) -> str:
        return (result.error_field(which) or b"").decode(errors="replace")

    position = field(Field.STATEMENT_POSITION)
    return EditorError(
        severity=field(Field.SEVERITY),
        sqlstate=field(Field.SQLSTATE),
        message=field(Field.MESSAGE_PRIMARY) or result.error_message.decode(errors="replace").strip(),
        position=int(position) if position else None,
        detail=field(Field.MESSAGE_DETAIL),
        hint=field(Field.MESSAGE_HINT),
        query=field(Field.INTERNAL_QUERY),
        context=field(Field.CONTEXT),
    )


def _shown(error: EditorError, sent: str, before: int = 0) -> EditorError:
    """Add how pg-meta prints an error; ``before`` lines of what was sent are not the user's."""
    parts = [f"{error.severity}:  {error.sqlstate}: {error.message}\n"]
    if error.position is not None:
        number, line, offset = _place(sent, error.position - 1)
        caret = " " * (5 + len(str(number)) + 2 + offset) + "^"
        parts.append(f"LINE {number - before}: {line}\n{caret}\n")
    for label, told in (
        ("DETAIL", error.detail),
        ("HINT", error.hint),
        ("QUERY", error.query),
        ("CONTEXT", error.context),
    ):
        if told:
            parts.append(f"{label}:  {told}\n")
    return msgspec.structs.replace(error, shown="".join(parts))


def _place(sent: str, position: int) -> tuple[int, str, int]:
    """Find the line of a position as pg-meta does, which finds none for the end of the text."""
    start = 0
    for number, line in enumerate(sent.split("\n"), start=1):
        length = len(line.encode("utf-16-le")) // 2
        if start + length > position:
            return number, line, position - start
        start += length + 1
    return 0, "", 0
