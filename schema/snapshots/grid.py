"""The grid: the rows a paste shows, as the Dashboard exports them, read back byte for byte.

Every cell is text, percent-encoded by the SQL that printed it, so that JSON, CSV and Markdown of newer and older
Dashboards give back the same bytes; the last row, the trailer, seals all others with their count and md5.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal
from urllib.parse import unquote

import msgspec

from ..pattern import lazy

COLUMNS = ("seq", "kind", "object", "attribute", "expected", "actual", "verdict")

Format = Literal["json", "csv", "markdown"]

_ERROR = lazy(
    r"^[ \t]*(?:Error: )?(?:Failed to run sql query: )?(?P<severity>ERROR|FATAL|PANIC):\s+"
    r"(?:(?P<sqlstate>[0-9A-Z]{5}):\s)?(?P<message>.*)$",
    re.MULTILINE,
)
_FIELD = lazy(r"^(LINE \d{1,9}|DETAIL|HINT|QUERY|CONTEXT):\s*", re.MULTILINE)
# What the Dashboard says instead of an error of the server (platform behaviour, SQLEditor/UtilityTabResults.tsx).
_WORDS = (
    "SQL query ran into an upstream timeout",
    "upstream request timeout",
    "Query read timeout",
    "Connection terminated due to connection timeout",
    "Query is too large to be run via the SQL Editor",
    "Success. No rows returned",
    "Success. Query ran successfully",
)


class Row(msgspec.Struct, frozen=True):
    """One row of the grid, its cells decoded; None stands for SQL's NULL."""

    seq: int
    kind: str
    object: str
    attribute: str
    expected: str | None
    actual: str | None
    verdict: str


class Trailer(msgspec.Struct, frozen=True):
    """The last row: which bundle and file printed the grid, and what the database says of itself."""

    bundle: str
    facts: Mapping[str, str]
    count: int
    md5: str
    says: str

    @property
    def file(self) -> str:
        """``bundle 1/1``, ``verify``, ``dry_run`` ..."""
        return self.facts.get("file", "")


class Grid(msgspec.Struct, frozen=True):
    """A pasted result, and what keeps it from being whole (nothing, where ``problems`` is empty)."""

    format: Format
    rows: tuple[Row, ...]
    trailer: Trailer | None
    problems: tuple[str, ...] = ()


class ServerError(msgspec.Struct, frozen=True):
    """An error text as the Dashboard shows it, or its words where no server answered."""

    severity: str
    sqlstate: str | None
    message: str
    detail: str = ""
    hint: str = ""
    context: str = ""
    line: int | None = None


class GridError(Exception):
    """The text is no result of a paste; the message says what it looks like and what to do."""


def decode(cell: str) -> str | None:
    """A cell's own text; None for NULL."""
    if cell == "%00":
        return None
    if cell == "%-":
        return ""
    return unquote(cell, errors="strict") if "%" in cell else cell


def read(text: str) -> Grid | ServerError:
    """A pasted result in any form the Dashboard gives: JSON, CSV, Markdown, or the text of an error.

    Raises GridError where it is none of them, or where a spreadsheet has been at it.
    """
    text = text.removeprefix("\ufeff").strip("\r\n\t \0")
    if not text:
        raise GridError("it is empty: copy the result with Export > Copy as JSON")
    if text[0] in "[{":
        return _grid("json", _json_rows(text))
    if text[0] == "|":
        return _grid("markdown", _markdown_rows(text))
    error = _server_error(text)
    if error is not None:
        return error
    return _grid("csv", _csv_rows(text))


def _json_rows(text: str) -> list[Sequence[Any]]:
    try:
        decoded = msgspec.json.decode(text.encode())
    except (msgspec.DecodeError, RecursionError) as error:
        raise GridError(f"it begins like JSON but is cut or damaged ({error}): copy it again") from None
    if not isinstance(decoded, list) or not decoded or not all(isinstance(row, dict) for row in decoded):
        raise GridError("it is JSON, but not a list of rows: copy the result with Export > Copy as JSON")
    _check_header(list(decoded[0]))
    return [[row.get(name) for name in COLUMNS] for row in decoded]


def _markdown_rows(text: str) -> list[Sequence[Any]]:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    _check_header(rows[0])
    return [row for row in rows[1:] if not all(re.fullmatch(r":?-+:?", cell) for cell in row)]


def _csv_rows(text: str) -> list[Sequence[Any]]:
    first = text.partition("\n")[0]
    for mark, name in (("\t", "tabs"), (";", "semicolons")):
        if len(first.split(mark)) >= len(COLUMNS):
            raise GridError(
                f"its columns are parted by {name}: it went through a spreadsheet, which changes cells. "
                "Copy the result with Export > Copy as JSON instead"
            )
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise GridError(f"it is neither JSON, Markdown, an error text nor whole CSV ({error})") from None
    rows = [row for row in rows if row]
    _check_header(rows[0])
    return list(rows[1:])


def _check_header(header: Sequence[str]) -> None:
    if tuple(header) != COLUMNS:
        shown = ", ".join(str(name)[:40] for name in header[:8])
        raise GridError(
            f"its columns are {shown}; a result of pasteproof has {', '.join(COLUMNS)}. "
            "Copy that of bundle.sql, verify.sql or schema snapshot --query, header included"
        )


def _grid(form: Format, raw: Sequence[Sequence[Any]]) -> Grid:
    problems: list[str] = []
    rows: list[Row] = []
    sealed: list[str] = []
    trailer: Trailer | None = None
    for number, cells in enumerate(raw, 1):
        if len(cells) != len(COLUMNS) or not all(isinstance(cell, str) for cell in cells):
            problems.append(f"row {number} has not the seven text cells of the grid")
            continue
        if trailer is not None:
            problems.append(f"row {number} stands behind the trailer")
            continue
        try:
            seq, kind, thing, attribute, expected, actual, verdict = (decode(cell) for cell in cells)
        except UnicodeDecodeError:
            problems.append(f"row {number} has a damaged cell")
            continue
        if seq != str(number):
            problems.append(f"row {number} bears the number {seq!r}: rows are missing, doubled or reordered")
        if kind == "trailer":
            trailer = _trailer(thing or "", attribute or "", expected or "", actual or "", verdict or "")
            sealed.append("|".join([*cells[:5], "", cells[6]]))
            continue
        sealed.append("|".join(cells))
        rows.append(Row(number, kind or "", thing or "", attribute or "", expected, actual, verdict or ""))
    if trailer is None:
        problems.append("the trailer, its last row, is missing: the result was cut")
    else:
        if trailer.count != len(rows):
            problems.append(f"the trailer counts {trailer.count} rows, {len(rows)} are here")
        if trailer.md5 != hashlib.md5("\n".join(sealed).encode(), usedforsecurity=False).hexdigest():
            problems.append("the rows do not match the trailer's md5: a cell was changed or a row is missing")
    return Grid(form, tuple(rows), trailer, tuple(dict.fromkeys(problems)))


def _trailer(bundle: str, facts: str, count: str, md5: str, says: str) -> Trailer:
    pairs = (fact.partition("=") for fact in facts.split("; "))
    number = int(count) if re.fullmatch("[0-9]{1,9}", count) else -1
    return Trailer(bundle, {name: value for name, _, value in pairs}, number, md5, says)


def _server_error(text: str) -> ServerError | None:
    found = _ERROR.search(text)
    if found is None:
        for words in _WORDS:
            if words.lower() in text[:2000].lower():
                return ServerError("", None, words)
        return None
    before = text[: found.start()].strip()
    if before.count("\n") > 3:
        return None  # a log or a document that quotes an error
    fields: dict[str, str] = {}
    tail = text[found.end() :]
    marks = list(_FIELD.finditer(tail))
    ends = [*(mark.start() for mark in marks[1:]), len(tail)]
    for mark, end in zip(marks, ends, strict=False):  # no marks: one end too many
        fields[mark.group(1)] = tail[mark.end() : end].strip()
    line = next((int(name.split()[1]) for name in fields if name.startswith("LINE ")), None)
    return ServerError(
        found["severity"],
        found["sqlstate"],
        found["message"].strip(),
        fields.get("DETAIL", ""),
        fields.get("HINT", ""),
        fields.get("CONTEXT", ""),
        line,
    )
