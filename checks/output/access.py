"""The access matrix as text, Markdown and JSON.

``python -m pasteproof.checks.output.access`` writes the JSON Schema of the last to ``checks/data/access.schema.json``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from ...schema.objects.table import Table
from ..matrix.cell import UNKNOWN, Cell
from ..schema import COMMANDS
from .terminal import Paint, escape_json, printable

if TYPE_CHECKING:
    from ..schema import Schema

PUBLISHED = Path(__file__).parent.parent / "data" / "access.schema.json"
_COLORS = {"none": "dim", "own": "cyan", "some": "yellow", "all": "red", UNKNOWN: "bold"}
_NOTHING_KNOWN = "No tables: nothing to say.\n"

Rows = Literal["none", "own", "some", "all", "unknown"]


# -- text ---------------------------------------------------------------------------------------------------


def as_text(schema: Schema, cells: Sequence[Cell], *, color: bool = False, room: int = 80) -> str:
    """Print a matrix for each table, and what makes each cell so."""
    paint = Paint(on=color)
    parts = []
    for name, mine in _by_table(cells):
        by_role = {role: list(each) for role, each in groupby(mine, key=lambda cell: cell.role)}
        widest = max(map(len, by_role))
        lines = [f"{paint(printable(name), 'bold')}{_state(schema, name)}"]
        lines.append(f"  {' ' * widest}  " + "".join(each.ljust(_WIDE) for each in COMMANDS).rstrip())
        for role, row in by_role.items():
            shown = "".join(
                paint(cell.access, _COLORS[cell.access]) + (_mark(cell) + " " * _WIDE)[: _WIDE - len(cell.access)]
                for cell in row
            )
            lines.append(f"  {printable(role).ljust(widest)}  {shown.rstrip()}")
        for head, reasons in _explained(mine):
            lines.append(f"  {paint(printable(head), 'bold')}")
            for reason in reasons:
                lines += wrap(printable(reason), max(room, 40), initial_indent="    ", subsequent_indent="      ")
        parts.append("\n".join(lines))
    if not parts:
        return _NOTHING_KNOWN
    if any(_mark(cell) for cell in cells):
        parts.append("+ a security-definer function may do more")
    return "\n\n".join(parts) + "\n"


_WIDE = 9


def _by_table(cells: Sequence[Cell]) -> Iterator[tuple[str, list[Cell]]]:
    for name, mine in groupby(cells, key=lambda cell: cell.table):
        yield name, list(mine)


def _mark(cell: Cell) -> str:
    return "+" if cell.blurred else ""


def _shown(cell: Cell) -> str:
    return cell.access + _mark(cell)


def _state(schema: Schema, name: str) -> str:
    """What else there is to know of a table, in parentheses."""
    table = schema.catalog.get(Table, name)
    if table is None:
        return ""
    said = [] if schema.exposed(table.schema) else [f"the API does not serve schema {table.schema}"]
    if table.knows("row_security"):
        said.append(f"row level security {'on' if table.row_security else 'off'}")
    return f" ({', '.join(said)})" if said else ""


def _explained(cells: Sequence[Cell]) -> Iterator[tuple[str, list[str]]]:
    """What makes cells so, those of one role with one explanation together."""
    found: dict[tuple[str, str, tuple[str, ...]], list[str]] = {}
    for cell in cells:
        lines = tuple(_about(line, cell.role, cell.command, _THESE) for line in _lines(cell))
        found.setdefault((cell.role, cell.access, lines), []).append(cell.command)
    for (role, access, lines), commands in found.items():
        said = [_about(line, role, _THESE, ", ".join(commands)) for line in lines]
        yield f"{role} {', '.join(commands)}: {access}", said


_THESE = "\0"  # stands for the commands, in no name


def _about(line: str, role: str, command: str, other: str) -> str:
    """Put other commands into a line that is about one; names in it stay as they are."""
    for verb in ("holds", "lacks"):
        if line.startswith(before := f"{role} {verb} {command.upper()} on "):
            return f"{role} {verb} {other.upper()} on {line.removeprefix(before)}"
    if line.endswith(after := f" lets {role} {command}"):
        return f"{line.removesuffix(after)} lets {role} {other}"
    return line


def _lines(cell: Cell) -> Iterator[str]:
    yield from cell.reason
    if cell.columns is not None:
        yield f"of the columns {', '.join(cell.columns)} alone"
    if cell.filtered is not None:
        yield f"with a WHERE that reads columns: {cell.filtered}, for it needs SELECT and its policies too"
    if cell.direct == "all":
        return  # another way adds nothing
    for way in cell.through:
        known = "" if way.access == UNKNOWN and way.kind == "function" else f": {way.access}"
        yield f"through {way.kind} {way.identity}{known}"
        yield from (f"  {line}" for line in way.why)


# -- Markdown -------------------------------------------------------------------------------------------------


def as_markdown(schema: Schema, cells: Sequence[Cell]) -> str:
    """Print one table of all cells, and what makes them so in a fold for each table."""
    head = ["table", "role", *COMMANDS]
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    by_table = list(_by_table(cells))
    for name, mine in by_table:
        for role, row in groupby(mine, key=lambda cell: cell.role):
            values = " | ".join(_shown(cell) for cell in row)
            lines.append(f"| {_escaped(name)} | {_escaped(role)} | {values} |")
    if any(_mark(cell) for cell in cells):
        lines += ["", "\\+ a security-definer function may do more"]
    for name, mine in by_table:
        lines += ["", f"<details><summary>{_escaped(name)}{_escaped(_state(schema, name))}</summary>", ""]
        for told, reasons in _explained(mine):
            lines.append(f"- **{_escaped(told)}**")
            lines += [f"  - {_escaped(reason.strip())}" for reason in reasons]
        lines += ["", "</details>"]
    return "\n".join(lines) + "\n" if by_table else _NOTHING_KNOWN


def _escaped(text: str) -> str:
    """A text in which Markdown and HTML find nothing of theirs."""
    plain = printable(text).replace("&", "&amp;").replace("<", "&lt;").replace("\n", " ")
    return "".join(f"\\{char}" if char in "\\`*_[]|~" else char for char in plain)


# -- JSON -----------------------------------------------------------------------------------------------------


class Way(msgspec.Struct, frozen=True):
    """Another way to the table's rows, and which of them it gives."""

    kind: Literal["view", "materialized view", "parent", "child", "function"]
    identity: str
    access: Rows
    why: tuple[str, ...]


class CommandAccess(msgspec.Struct, frozen=True):
    """What one role may do with one table by one command, and what makes it so.

    direct: by the table itself; access: with the other ways. filtered: what a statement gets at whose WHERE reads
    columns, where it is less than direct. columns: these alone; null: whatever the table has.
    """

    role: str
    command: Literal["select", "insert", "update", "delete"]
    access: Rows
    direct: Rows
    filtered: Rows | None
    columns: tuple[str, ...] | None
    own: tuple[str, ...]
    reason: tuple[str, ...]
    policies: tuple[str, ...]
    through: tuple[Way, ...]


class TableAccess(msgspec.Struct, frozen=True):
    """One table; row_security is null where it is not known."""

    table: str
    exposed: bool
    row_security: bool | None
    cells: tuple[CommandAccess, ...]


class Document(msgspec.Struct, frozen=True):
    """Who may do what: role x table x command."""

    tables: tuple[TableAccess, ...]
    version: Literal[1] = 1


def as_json(schema: Schema, cells: Sequence[Cell]) -> str:
    """Print the cells as JSON, version 1."""
    tables = []
    for name, mine in _by_table(cells):
        table = schema.catalog.get(Table, name)
        known = table is not None and table.knows("row_security")
        tables.append(
            {
                "table": name,
                "exposed": table is not None and schema.exposed(table.schema),
                "row_security": table.row_security if table is not None and known else None,
                "cells": [{field: getattr(cell, field) for field in CommandAccess.__struct_fields__} for cell in mine],
            }
        )
    document = {"version": 1, "tables": tables}
    return escape_json(msgspec.json.format(msgspec.json.encode(document), indent=2).decode()) + "\n"


def json_schema() -> dict[str, Any]:
    """Make the schema of the document (JSON Schema 2020-12)."""
    tree = msgspec.json.schema(Document)
    for definition in tree["$defs"].values():
        definition["additionalProperties"] = False
        definition.pop("title", None)
        definition["description"] = " ".join(definition["description"].split())
    definitions = tree["$defs"]
    definitions["Document"]["required"] = ["version", "tables"]
    definitions["Document"]["properties"]["version"].pop("default", None)
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "The access matrix of pasteproof"}
    return {**head, **tree}


def schema_text() -> str:
    """Print the schema as it is published."""
    return msgspec.json.format(msgspec.json.encode(json_schema()), indent=2).decode() + "\n"


if __name__ == "__main__":
    PUBLISHED.write_text(schema_text(), "utf-8")
