"""What goes into the pastes of a bundle, and why some migrations cannot."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence

import msgspec

from ..schema.source import Rejected, Source, Statement, statements
from .verify import Migration

# Studio refuses a query of over 0.98 MB; its megabyte is not documented, so the budget keeps clear of both.
LARGEST_PASTE = 900_000

_CONCURRENTLY = {"IndexStmt": "CREATE INDEX CONCURRENTLY", "DropStmt": "DROP INDEX CONCURRENTLY"}
_ALONE = {
    "VacuumStmt": "VACUUM",
    "CreatedbStmt": "CREATE DATABASE",
    "DropdbStmt": "DROP DATABASE",
    "AlterSystemStmt": "ALTER SYSTEM",
    "CreateTableSpaceStmt": "CREATE TABLESPACE",
    "DropTableSpaceStmt": "DROP TABLESPACE",
}


class Obstacle(msgspec.Struct, frozen=True, kw_only=True):
    """Why a migration cannot be pasted as it is, and what to do."""

    file: str
    line: int
    column: int
    reason: str
    remedy: str


class PlannedMigration(msgspec.Struct, frozen=True, kw_only=True):
    """A migration ready for its paste, and what was left out of its text."""

    migration: Migration
    left_out: tuple[str, ...] = ()


def alone(statement: Statement) -> str | None:
    """The name of a statement that runs in no transaction (25001), None for any other."""
    if statement.kind in _ALONE:
        if statement.kind == "VacuumStmt" and not statement.node.get("is_vacuumcmd"):
            return None
        return _ALONE[statement.kind]
    if statement.kind in _CONCURRENTLY and statement.node.get("concurrent"):
        return _CONCURRENTLY[statement.kind]
    if statement.kind == "ReindexStmt":
        options = [p.get("DefElem", {}).get("defname") for p in statement.node.get("params", ())]
        return "REINDEX CONCURRENTLY" if "concurrently" in options else None
    return None


def plan(source: Source, version: str | None, name: str | None) -> PlannedMigration | list[Obstacle]:
    """One migration made ready: line ends as LF, one BEGIN ... COMMIT around the whole left out.

    Returns the obstacles instead where there are any: a statement that runs alone, transaction control, settings
    thrown away, psql commands, a text too large for the SQL Editor.
    """
    found = statements(source)
    good = [each for each in found if isinstance(each, Statement)]
    obstacles = [
        _obstacle(each, "it does not parse", "mend the statement") for each in found if isinstance(each, Rejected)
    ]
    wrapped = (
        len(good) >= 2
        and _transaction(good[0]) in {"TRANS_STMT_BEGIN", "TRANS_STMT_START"}
        and _transaction(good[-1]) == "TRANS_STMT_COMMIT"
    )
    inner = good[1:-1] if wrapped else good
    obstacles += list(_obstacles(inner))
    text = source.text
    left_out: tuple[str, ...] = ()
    if wrapped and not obstacles:
        text = _without(source, (good[0], good[-1]))
        left_out = (f"BEGIN (line {good[0].location.line})", f"COMMIT (line {good[-1].location.line})")
    text = text.replace("\r\n", "\n")
    size = len(text.encode())
    if size > LARGEST_PASTE:
        obstacles.append(
            Obstacle(
                file=source.path,
                line=1,
                column=1,
                reason=f"it has {size:,} bytes; the SQL Editor takes less than a megabyte ({LARGEST_PASTE:,} here)",
                remedy="split the migration in two, or apply it with supabase db push",
            )
        )
    if obstacles:
        return obstacles
    return PlannedMigration(
        migration=Migration(file=source.path, text=text, version=version, name=name), left_out=left_out
    )


def _obstacles(inner: Iterable[Statement]) -> Iterable[Obstacle]:
    for statement in inner:
        name = alone(statement)
        if name:
            yield _obstacle(
                statement,
                f"{name} cannot run beside other statements (25001)",
                "move it into a migration of its own and paste that one by itself; this version renders no such paste",
            )
        elif statement.kind == "CopyStmt" and statement.node.get("is_from") and "filename" not in statement.node:
            yield _obstacle(
                statement,
                "COPY FROM STDIN reads rows that the SQL Editor does not send (57014)",
                "write the rows as INSERT",
            )
        elif statement.kind == "TransactionStmt":
            yield _obstacle(
                statement,
                "transaction control would split the paste, and what failed later would stay half applied",
                "leave BEGIN, COMMIT, ROLLBACK and SAVEPOINT out; the paste is one transaction already",
            )
        elif statement.kind == "DiscardStmt" or (
            statement.kind == "VariableSetStmt" and statement.node.get("kind") == "VAR_RESET_ALL"
        ):
            yield _obstacle(
                statement,
                "it throws away the settings by which the paste proves itself",
                "leave it out; role, search_path and settings are put back after each migration",
            )


def _obstacle(at: Statement | Rejected, reason: str, remedy: str) -> Obstacle:
    place = at.location
    return Obstacle(file=place.file, line=place.line, column=place.column, reason=reason, remedy=remedy)


def _transaction(statement: Statement) -> str | None:
    if statement.kind != "TransactionStmt":
        return None
    return str(statement.node.get("kind", "TRANS_STMT_BEGIN"))


def _without(source: Source, cut: Sequence[Statement]) -> str:
    data, position, kept = source.data, 0, []
    for statement in cut:
        kept.append(data[position : statement.start])
        position = statement.end
        rest = re.match(rb"\s*;", data[position:])
        position += rest.end() if rest else 0
    kept.append(data[position:])
    return b"".join(kept).decode()


def bundle_id(parts: Iterable[str]) -> str:
    """A digest of everything that decides what a bundle means, short enough to read aloud."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode()
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()[:16]
