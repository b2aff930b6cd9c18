"""Names, literals and types as the server prints them under an empty ``search_path``.

The printed forms are those of ``quote_identifier``, ``quote_literal_internal`` and ``format_type_extended``
(PostgreSQL, src/backend/utils/adt: ruleutils.c, quote.c, format_type.c). Keywords are those of the grammar
that pglast carries (PostgreSQL 18): a name that only a newer server reserves is quoted here, and bare there.
"""

from __future__ import annotations

from collections.abc import Hashable
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

from pglast.keywords import COL_NAME_KEYWORDS, RESERVED_KEYWORDS, TYPE_FUNC_NAME_KEYWORDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

T = TypeVar("T", bound=Hashable)
Modifier = int | str  # of a type: varchar(10), geometry(Point, 4326)

_QUOTED_WORDS = COL_NAME_KEYWORDS | RESERVED_KEYWORDS | TYPE_FUNC_NAME_KEYWORDS

# pg_type.typname -> what format_type prints for it, where that is not the quoted name; {} takes the modifiers
_PRINTED = {
    "bit": "bit{}",
    "bool": "boolean",
    "bpchar": "character{}",
    "float4": "real",
    "float8": "double precision",
    "int2": "smallint",
    "int4": "integer",
    "int8": "bigint",
    "interval": "interval{}",
    "json": "json",  # a keyword that may not name a function, but may name a type
    "numeric": "numeric{}",
    "time": "time{} without time zone",
    "timestamp": "timestamp{} without time zone",
    "timestamptz": "timestamp{} with time zone",
    "timetz": "time{} with time zone",
    "varbit": "bit varying{}",
    "varchar": "character varying{}",
}
_ARRAYED = frozenset({*_PRINTED, "date", "jsonb", "name", "oid", "text", "uuid"})  # _text is text[]
_MAX_TIME_PRECISION = 6  # a larger one is cut down, with a warning

# INTERVAL_MASK of src/include/utils/timestamp.h
_INTERVAL_FIELDS = {4: "year", 2: "month", 8: "day", 1 << 10: "hour", 1 << 11: "minute", 1 << 12: "second"}
_INTERVAL_FULL_RANGE = 0x7FFF


@lru_cache(4096)
def quote_ident(name: str) -> str:
    """Print an identifier: bare where it is lower case and no keyword, else in double quotes."""
    if name.isascii() and name.isidentifier() and name == name.lower() and name not in _QUOTED_WORDS:
        return name
    return '"' + name.replace('"', '""') + '"'


def first_name(text: str) -> str:
    """The name that a text begins with, as it is without quotes."""
    if text.startswith('"'):
        return text[1 : _closing_quote(text)].replace('""', '"')
    return text.partition(" ")[0]


def _closing_quote(text: str) -> int:
    at = text.find('"', 1)
    while text.startswith('""', at):
        at = text.find('"', at + 2)
    return at


@lru_cache(2048)
def name_of(schema: str, name: str) -> str:
    """``qualified``, for the names that are asked for again and again."""
    return f"{quote_ident(schema)}.{quote_ident(name)}"


@lru_cache(8192)
def kept(names: T) -> T:
    """The one object for all that are equal: tuples and sets of a few columns' names stand in most tables."""
    return names


def qualified(schema: str, name: str) -> str:
    """Print a name with its schema."""
    return f"{quote_ident(schema)}.{quote_ident(name)}"


def quote_literal(text: str) -> str:
    """Print a string constant; one with a backslash is an ``E''`` string."""
    quoted = "'" + text.replace("'", "''") + "'"
    return "E" + quoted.replace("\\", "\\\\") if "\\" in text else quoted


def type_parts(node: Mapping[str, Any]) -> tuple[str | None, str, tuple[Modifier, ...], int]:
    """Take a ``TypeName`` node apart, so that a catalog can resolve the name in between.

    Returns the schema it was written with (None without one), the name as ``pg_type.typname`` has it
    (``int4`` for ``integer``), its modifiers, and the number of array dimensions. SETOF and %TYPE are the
    caller's: they stand in the node as ``setof`` and ``pct_type``.
    """
    names = [part["String"].get("sval", "") for part in node["names"]]
    schema = names[-2] if len(names) > 1 else None
    dimensions = len(node.get("arrayBounds", ()))
    name = names[-1]
    if name.startswith("_") and (schema == "pg_catalog" or (schema is None and name[1:] in _ARRAYED)):
        name, dimensions = name[1:], dimensions + 1
    return schema, name, tuple(_modifier(each) for each in node.get("typmods", ())), dimensions


def print_type(schema: str | None, name: str, modifiers: Sequence[Modifier] | None = (), dimensions: int = 0) -> str:
    """Print a type as ``format_type(oid, typmod)``; with no modifiers but None as ``format_type(oid, null)``.

    The difference shows in ``bpchar`` and ``bit`` alone: a function's identity (``oidvectortypes``) is
    printed with None, a column's type with what was written. A type without a schema, or in ``pg_catalog``,
    is a built-in one; any other is printed with its schema.
    """
    suffix = "[]" if dimensions else ""
    pattern = _PRINTED.get(name) if schema in {None, "pg_catalog"} else None
    if pattern is None:
        written = f"({','.join(str(each) for each in modifiers)})" if modifiers else ""
        bare = schema in {None, "pg_catalog"}
        return (quote_ident(name) if bare else qualified(schema or "", name)) + written + suffix
    if modifiers is not None and not modifiers and name in {"bpchar", "bit"}:
        return ("bpchar" if name == "bpchar" else '"bit"') + suffix
    return pattern.format(_printed_modifiers(name, modifiers or ())) + suffix


def type_name(node: Mapping[str, Any]) -> str:
    """Print a ``TypeName`` node as ``format_type`` would, taking an unqualified name for a built-in one."""
    schema, name, modifiers, dimensions = type_parts(node)
    if node.get("pct_type"):
        names = [quote_ident(part["String"].get("sval", "")) for part in node["names"]]
        return ".".join(names) + "%TYPE" + ("[]" if dimensions else "")
    return print_type(schema, name, modifiers, dimensions)


def _modifier(node: Mapping[str, Any]) -> Modifier:
    """One of a type's modifiers: the grammar takes any expression, the types take numbers and words."""
    if constant := node.get("A_Const"):
        if "sval" in constant:
            return str(constant["sval"].get("sval", ""))
        return int(constant.get("ival", {}).get("ival", 0))
    if column := node.get("ColumnRef"):
        return str(column["fields"][-1]["String"].get("sval", ""))
    if expression := node.get("A_Expr"):  # the sign of a negative scale
        operand = _modifier(expression["rexpr"])
        return -operand if isinstance(operand, int) else operand
    return "?"


def _printed_modifiers(name: str, modifiers: Sequence[Modifier]) -> str:
    if not modifiers:
        return ""
    if name == "interval":
        return _interval_modifiers(*modifiers[:2])
    if name in {"time", "timetz", "timestamp", "timestamptz"}:
        precision = modifiers[0]
        return f"({min(precision, _MAX_TIME_PRECISION) if isinstance(precision, int) else precision})"
    if name == "numeric" and len(modifiers) == 1:
        return f"({modifiers[0]},0)"
    return f"({','.join(str(each) for each in modifiers)})"


def interval_fields(mask: int) -> list[str]:
    """Name the fields an interval is limited to, the largest first; none for the full range."""
    if mask == _INTERVAL_FULL_RANGE:
        return []
    return [word for bit, word in _INTERVAL_FIELDS.items() if mask & bit]


def _interval_modifiers(fields: Modifier, precision: Modifier | None = None) -> str:
    """Print what ``interval day to second(3)`` is limited to, from the mask the grammar makes of it."""
    named = interval_fields(fields) if isinstance(fields, int) else []
    words = f" {named[0]}" if named else ""
    if len(named) > 1:
        words += f" to {named[-1]}"
    if precision is None:
        return words
    return f"{words}({min(precision, _MAX_TIME_PRECISION) if isinstance(precision, int) else precision})"
