"""A server's text values as the Dashboard holds them: read by node-postgres, and sent as JSON.

Sources: brianc/node-pg-types lib/textParsers.js; supabase/postgres-meta src/lib/db.ts (which overrides
bigint, date, time stamps, interval and point). Not done: circle and interval[], which become objects there and
stay text here.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from typing import Any

Reader = Callable[[str], Any]

SAFE = 2**53 - 1  # Number.MAX_SAFE_INTEGER

_ARRAY_TOKEN = re.compile(r'\s*(?:([{},])|"((?:[^"\\]|\\.)*)"|((?:[^{},"\\]|\\.)+))')


def value(text: str | None, type_oid: int) -> Any:
    """Read one value of a type as the Dashboard does; None is NULL, and what JSON cannot express."""
    reader = _READERS.get(type_oid)
    return text if text is None or reader is None else reader(text)


def ordered(row: dict[str, Any]) -> dict[str, Any]:
    """Order the keys as JavaScript does: those that read as array indexes first, by number."""
    indexes = [key for key in row if _is_index(key)]
    if not indexes:
        return row
    return {key: row[key] for key in sorted(indexes, key=int)} | {key: row[key] for key in row if not _is_index(key)}


def _is_index(key: str) -> bool:
    return key.isascii() and key.isdigit() and str(int(key)) == key and int(key) < 2**32 - 1


def _number(text: str) -> int | float | None:
    """Read a number; what is not finite is null once it has been sent as JSON."""
    number = float(text)
    if not math.isfinite(number):
        return None
    return int(number) if number.is_integer() and abs(number) <= SAFE else number


def _int8(text: str) -> int | str:
    number = int(text)
    return number if abs(number) <= SAFE else text


def _bytea(text: str) -> dict[str, Any]:
    if text.startswith("\\x"):
        data = bytes.fromhex(text[2:])
    else:  # bytea_output = escape
        plain = re.sub(r"\\(\\|[0-7]{3})", lambda m: "\\" if m[1] == "\\" else chr(int(m[1], 8)), text)
        data = plain.encode("latin-1")
    return {"type": "Buffer", "data": list(data)}


def _json(text: str) -> Any:
    """Read JSON as JSON.parse does: numbers are doubles, the last of equal keys wins."""
    return json.loads(text, parse_int=_number, parse_float=_number, object_pairs_hook=lambda p: ordered(dict(p)))


def _array(element: Reader = str) -> Reader:
    def read(text: str) -> list[Any]:
        # Explicit bounds ("[0:1]={...}") are dropped.
        return _elements(text[text.index("{") :], element)

    return read


def _elements(text: str, element: Reader) -> list[Any]:
    """Read ``{a,"b c",NULL,{...}}``."""
    stack: list[list[Any]] = [[]]
    for mark, quoted, plain in _ARRAY_TOKEN.findall(text):
        if mark == "{":
            stack.append([])
        elif mark == "}":
            inner = stack.pop()
            stack[-1].append(inner)
        elif mark == ",":
            continue
        elif plain:
            stack[-1].append(None if plain == "NULL" else element(_unescape(plain)))
        else:
            stack[-1].append(element(_unescape(quoted)))
    read: list[Any] = stack[0][0]
    return read


def _unescape(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL)


_TEXTS = _array()
_NUMBERS = _array(_number)

# By the type's OID; a type that is not here stays text.
_READERS: dict[int, Reader] = {
    16: lambda text: text == "t",  # boolean
    17: _bytea,
    20: _int8,
    21: int,
    23: int,
    26: int,  # oid
    114: _json,
    700: _number,
    701: _number,
    3802: _json,
    199: _array(_json),  # json[]
    3807: _array(_json),  # jsonb[]
    1000: _array(lambda text: text == "t"),
    1001: _array(_bytea),
    1005: _NUMBERS,  # smallint[]
    1007: _NUMBERS,
    1028: _NUMBERS,  # oid[]
    1016: _TEXTS,  # bigint[]
    1021: _NUMBERS,  # real[]
    1022: _NUMBERS,
    1231: _NUMBERS,  # numeric[], although numeric stays text
    # cidr[], money[], regproc[], text[], character[], varchar[], macaddr[], inet[], timestamp[], date[],
    # time[], timestamptz[], timetz[], uuid[], numrange[]
    **dict.fromkeys((651, 791, 1008, 1009, 1014, 1015, 1040, 1041), _TEXTS),
    **dict.fromkeys((1115, 1182, 1183, 1185, 1270, 2951, 3907), _TEXTS),
}
