"""A result as the Dashboard's Export menu writes it, newer and older, byte for byte.

Sources: supabase/supabase apps/studio SQLEditor/UtilityPanel/Results.utils.ts (newer) and ResultsDropdown.tsx
(older), and what they call: JSON.stringify, papaparse 5, react-csv 2, markdown-table 3.
"""

from __future__ import annotations

import json
import math
import re
from decimal import Decimal
from typing import Any, Literal

Format = Literal["json", "csv", "markdown"]
Row = dict[str, Any]


def export(rows: list[Row], form: Format, *, old: bool = False) -> str:
    r"""Write rows as the menu's Copy (or Download) does; no rows give an empty text.

    ``old`` is the form before the menu was rewritten: NULL is an empty cell, Markdown is not escaped, CSV
    quotes every cell, writes a line end within one as ``\n`` and begins with a BOM.
    """
    if not rows:
        return ""
    if form == "json":
        return _json(rows, "\n")
    columns = list(rows[0])
    if form == "csv":
        return _old_csv(rows, columns) if old else _csv(rows, columns)
    cell = _plain if old else _escaped
    heads = columns if old else [_escaped(column) for column in columns]
    return _table([heads, *([cell(row.get(column)) for column in columns] for row in rows)])


# --- what JavaScript makes of a value --------------------------------------------------------------------


def _json(value: Any, line: str = "") -> str:
    """Write what JSON.stringify does; with ``line`` (a line end and the indentation) over several lines."""
    deeper = line and f"{line}  "
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, dict) and value:
        colon = ": " if line else ":"
        members = (f"{_json(key)}{colon}{_json(item, deeper)}" for key, item in value.items())
        return f"{{{deeper}{f',{deeper}'.join(members)}{line}}}"
    if isinstance(value, list) and value:
        return f"[{deeper}{f',{deeper}'.join(_json(item, deeper) for item in value)}{line}]"
    if isinstance(value, float):
        return _number(value) if math.isfinite(value) else "null"
    return json.dumps(value)


def _number(value: float) -> str:
    """Write a finite number as JavaScript does: exponents only from 1e21 on and below 1e-6."""
    if value == 0:
        return "0"
    sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    point = len(digits) + int(exponent)  # digits before the decimal point
    text = "".join(map(str, digits))
    if 0 < point <= 21:
        text = text.ljust(point, "0")
        shown = text[:point] + (f".{text[point:]}" if text[point:] else "")
    elif -6 < point <= 0:
        shown = "0." + "0" * -point + text
    else:
        fraction = f".{text[1:]}" if text[1:] else ""
        shown = f"{text[0]}{fraction}e{point - 1:+d}"
    return "-" * sign + shown


def _string(value: Any) -> str:
    """Write what String(value) does; null and undefined are nothing."""
    if value is None:
        return ""
    if isinstance(value, list):
        return ",".join(_string(item) for item in value)
    if isinstance(value, dict):
        return "[object Object]"
    return value if isinstance(value, str) else _json(value)


def _flat(value: Any) -> str:
    """Write objects, and null, as JSON, the rest as text."""
    return _json(value) if value is None or isinstance(value, (dict, list)) else _string(value)


# --- CSV -------------------------------------------------------------------------------------------------


def _csv(rows: list[Row], columns: list[str]) -> str:
    """Write what papaparse does: CRLF between lines, quotes only where needed."""
    lines = [columns, *([_flat(row[c]) if c in row else "" for c in columns] for row in rows)]
    return "\r\n".join(",".join(map(_quoted, line)) for line in lines)


def _quoted(cell: str) -> str:
    if re.search('[\r\n",\ufeff]|^ | $', cell):
        return '"' + cell.replace('"', '""') + '"'
    return cell


def _old_csv(rows: list[Row], columns: list[str]) -> str:
    """Write what react-csv does: every cell quoted, LF between lines, a BOM before them."""
    lines = [columns, *([_old_cell(row.get(c)) for c in columns] for row in rows)]
    return "\ufeff" + "\n".join(",".join(f'"{cell}"' for cell in line) for line in lines)


def _old_cell(value: Any) -> str:
    if isinstance(value, str):
        return value.replace("\n", "\\n").replace('"', '""')
    return _json(value).replace('"', '""') if isinstance(value, (dict, list)) else _string(value)


# --- Markdown --------------------------------------------------------------------------------------------


def _escaped(value: Any) -> str:
    cell = _flat(value).replace("\\", "\\\\").replace("|", "\\|")
    return re.sub("\r\n|\r|\n", "<br>", cell)


def _plain(value: Any) -> str:
    return _string(value)


def _table(lines: list[list[str]]) -> str:
    """Write what markdown-table does: every column as wide as its widest cell, in UTF-16 units."""
    widths = [max(1, *(_units(line[column]) for line in lines)) for column in range(len(lines[0]))]
    rule = ["-" * width for width in widths]
    padded = (
        "| " + " | ".join(cell + " " * (width - _units(cell)) for cell, width in zip(line, widths, strict=True)) + " |"
        for line in (lines[0], rule, *lines[1:])
    )
    return "\n".join(padded)


def _units(text: str) -> int:
    """Count as JavaScript's ``length`` does."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2
