"""What the text of a constant means: the same value whatever its spelling.

The server prints a constant by its type's output function (``'24 hours'`` comes back as ``'24:00:00'``), so
two spellings are compared as values. Only what is certain is read: everything else is None, *not known*.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ..pattern import lazy

if TYPE_CHECKING:
    from collections.abc import Hashable

# Types whose output function gives back the text that was put in
VERBATIM = frozenset({"text", "varchar", "bpchar", "char", "name", "json", "citext", "regconfig", "unknown"})

NUMBERS = frozenset({"int2", "int4", "int8", "numeric", "float4", "float8"})
INTEGERS = frozenset({"int2", "int4", "int8"})

_TRUE = frozenset({"t", "tr", "tru", "true", "y", "ye", "yes", "on", "1"})
_FALSE = frozenset({"f", "fa", "fal", "fals", "false", "n", "no", "of", "off", "0"})

_MOST_DIGITS = 400
_NUMBER = lazy(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.IGNORECASE)
_UUID = lazy(r"\{?([0-9a-f]{4}-?){7}[0-9a-f]{4}\}?", re.IGNORECASE)
_MOMENT = lazy(
    r"(?P<date>\d{4}-\d{2}-\d{2})?(?:[T ]?(?P<time>\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?))?"
    r" ?(?P<zone>Z|UTC|GMT|[+-]\d{1,2}(?::?\d{2})?)?",
    re.IGNORECASE,
)
_INTERVAL_PART = lazy(
    r"(?P<clock>[+-]?\d{1,12}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)"
    r"|(?P<number>[+-]?\d{1,12}(?:\.\d{1,9})?) ?(?P<unit>[a-z]+)"
)

# unit -> (months, days, microseconds)
_UNITS: dict[str, tuple[int, int, int]] = {
    "microsecond": (0, 0, 1),
    "millisecond": (0, 0, 1_000),
    "second": (0, 0, 1_000_000),
    "minute": (0, 0, 60_000_000),
    "hour": (0, 0, 3_600_000_000),
    "day": (0, 1, 0),
    "week": (0, 7, 0),
    "month": (1, 0, 0),
    "year": (12, 0, 0),
    "decade": (120, 0, 0),
}
_UNIT_NAMES = {name: unit for unit in _UNITS for name in (unit, unit + "s")} | {
    "us": "microsecond",
    "usec": "microsecond",
    "ms": "millisecond",
    "msec": "millisecond",
    "s": "second",
    "sec": "second",
    "secs": "second",
    "m": "minute",
    "min": "minute",
    "mins": "minute",
    "h": "hour",
    "hr": "hour",
    "hrs": "hour",
    "d": "day",
    "w": "week",
    "mon": "month",
    "mons": "month",
    "y": "year",
    "yr": "year",
    "yrs": "year",
}


def number(text: str) -> str | None:
    """Write a number in its one shortest form, without an exponent; 1.50 is 1.5."""
    from decimal import Decimal  # not every text has such constants

    text = text.strip()
    if not _NUMBER.fullmatch(text):
        return None
    try:
        value = Decimal(text)
    except ArithmeticError:  # an exponent beyond all bounds
        return None
    if not value:
        return "0"
    if abs(value.adjusted()) > _MOST_DIGITS:  # not to be spelt out in thousands of digits
        return str(value)
    plain = format(value, "f")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def boolean(text: str) -> bool | None:
    """Read a boolean in any spelling the server takes."""
    word = text.strip().lower()
    return True if word in _TRUE else False if word in _FALSE else None


def array(text: str) -> list[str | None] | None:
    """Read a one-dimensional array literal into its elements; None for any other text."""
    text = text.strip()
    if not (text.startswith("{") and text.endswith("}")):
        return None
    inner = text[1:-1]
    if not inner.strip():
        return []
    elements: list[str | None] = []
    position = 0
    part = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"|([^",{}\\]+?))\s*(,|$)')
    while position <= len(inner):
        found = part.match(inner, position)
        if not found:
            return None
        quoted, bare, more = found.groups()
        if quoted is not None:
            elements.append(re.sub(r"\\(.)", r"\1", quoted))
        else:
            elements.append(None if bare.lower() == "null" else bare)
        if not more:
            return elements
        position = found.end()
    return None


def value(text: str, type_name: str) -> Hashable | None:
    """Read a constant of a type (``pg_type.typname``): equal results are equal values; None is not known.

    A moment without a zone is taken for UTC, the time zone of a Supabase database. Words that mean the moment
    of creation (now, today) are not known.
    """
    if type_name in VERBATIM:
        return text
    if type_name in NUMBERS:
        return number(text)
    reader = _READERS.get(type_name)
    return reader(text) if reader else None


def _uuid(text: str) -> Hashable | None:
    text = text.strip()
    return text.strip("{}").replace("-", "").lower() if _UUID.fullmatch(text) else None


def _interval(text: str) -> Hashable | None:
    text = " ".join(text.lower().replace(",", " ").removeprefix("@").split())
    ago = text.endswith(" ago")
    text = text.removesuffix(" ago")
    if not text:
        return None
    if re.fullmatch(r"[+-]?\d+(\.\d+)?", text):
        text += " seconds"
    months, days, micros = 0, 0, 0
    position = 0
    while position < len(text):
        found = _INTERVAL_PART.match(text, position)
        if not found:
            return None
        position = found.end() + (text[found.end() : found.end() + 1] == " ")
        if clock := found["clock"]:
            micros += _clock(clock)
            continue
        unit = _UNITS.get(_UNIT_NAMES.get(found["unit"], ""))
        number_text = found["number"]
        if unit is None:
            return None
        if "." in number_text:  # a fraction of a day or a month spills over into the smaller fields
            if not unit[2]:
                return None
            micros += _scaled(number_text, unit[2])
        else:
            count = int(number_text)
            months, days, micros = months + count * unit[0], days + count * unit[1], micros + count * unit[2]
    sign = -1 if ago else 1
    return ("interval", sign * months, sign * days, sign * micros)


def _scaled(text: str, unit: int) -> int:
    from decimal import Decimal  # not every text has such constants

    return int((Decimal(text) * unit).to_integral_value())


def _clock(text: str) -> int:
    hours, minutes, *seconds = text.lstrip("+-").split(":")
    total = (int(hours) * 60 + int(minutes)) * 60_000_000
    total += _scaled(seconds[0], 1_000_000) if seconds else 0
    return -total if text.startswith("-") else total


def _moment(text: str) -> dict[str, str | None] | None:
    found = _MOMENT.fullmatch(text.strip())
    return found.groupdict() if found and (found["date"] or found["time"]) else None


def _date(text: str) -> Hashable | None:
    moment = _moment(text)
    return ("date", moment["date"]) if moment and moment["date"] else None


def _time(text: str) -> Hashable | None:
    moment = _moment(text)
    return ("time", _clock(moment["time"])) if moment and moment["time"] else None


def _timestamp(text: str) -> Hashable | None:
    from datetime import date  # as decimal

    moment = _moment(text)
    if not (moment and moment["date"]):
        return None
    try:
        day = date.fromisoformat(moment["date"]).toordinal()
    except ValueError:
        return None
    return ("moment", day * 86_400_000_000 + _clock(moment["time"] or "00:00"))


def _timestamptz(text: str) -> Hashable | None:
    local = _timestamp(text)
    moment = _moment(text)
    if not (moment and isinstance(local, tuple)):
        return None
    zone = (moment["zone"] or "+00").upper()
    if zone in {"Z", "UTC", "GMT"}:
        zone = "+00"
    hours, minutes = zone[1:].replace(":", "")[:-2], zone[1:].replace(":", "")[-2:]
    if not hours:  # +03 is hours alone
        hours, minutes = minutes, "0"
    offset = (int(hours) * 60 + int(minutes)) * 60_000_000
    return ("instant", local[1] + (offset if zone.startswith("-") else -offset))


def _jsonb(text: str) -> Hashable | None:
    import json  # as decimal

    try:
        return _frozen(json.loads(text, parse_float=_Number, parse_int=_Number, parse_constant=_refuse))
    except (ValueError, RecursionError):
        return None


class _Number(str):
    """A number inside JSON, by its text: "1" is not 1."""

    __slots__ = ()


def _refuse(constant: str) -> Any:
    raise ValueError(constant)


def _frozen(read: Any) -> Hashable:
    if isinstance(read, dict):
        return ("object", frozenset((key, _frozen(each)) for key, each in read.items()))
    if isinstance(read, list):
        return ("array", tuple(_frozen(each) for each in read))
    if isinstance(read, _Number):
        return ("number", number(read))
    return (type(read).__name__, read)


_READERS = {
    "bool": boolean,
    "date": _date,
    "interval": _interval,
    "jsonb": _jsonb,
    "time": _time,
    "timestamp": _timestamp,
    "timestamptz": _timestamptz,
    "uuid": _uuid,
}
READ = frozenset(_READERS)  # types whose values are read here, though not every spelling of them
