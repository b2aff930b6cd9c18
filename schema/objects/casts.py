"""Which types change into which without being asked, and what a column of a type takes for its default."""

from __future__ import annotations

import re
from typing import Any

from ..catalog import Catalog, CatalogError, Node
from ..pattern import lazy

_TEXTS = {"text", "character varying", "character", "name", "citext"}
_NUMBERS = {"smallint", "integer", "bigint", "numeric", "real", "double precision"}
# pg_cast of PostgreSQL 15 to 18: from a type to those it is cast to on assignment (beside itself and text)
_ASSIGNED: dict[str, set[str]] = {
    **dict.fromkeys(_NUMBERS, _NUMBERS),
    **dict.fromkeys(_TEXTS, _TEXTS),
    "boolean": set(),
    "uuid": set(),
    "json": {"jsonb"},
    "jsonb": {"json"},
    "date": {"timestamp without time zone", "timestamp with time zone"},
    "timestamp without time zone": {"date", "time without time zone", "timestamp with time zone"},
    "timestamp with time zone": {
        "date",
        "time without time zone",
        "time with time zone",
        "timestamp without time zone",
    },
    "time without time zone": {"time with time zone", "interval"},
    "time with time zone": {"time without time zone"},
    "interval": {"time without time zone"},
    "bytea": set(),
}
_ASSIGNED["integer"] = _NUMBERS | {"money", "oid"}
_ASSIGNED["bigint"] = _NUMBERS | {"money", "oid"}


def casts_by_itself(catalog: Catalog, old: str, new: str) -> bool:
    """Whether a column's values may change type without USING; True as well where that is not known."""
    left, right = without_modifier(old), without_modifier(new)
    if left == right or right in _TEXTS:  # anything is printed into text on assignment
        return True
    known = _ASSIGNED.get(left)
    if known is None or right in known:
        return True
    enum = catalog.find(("type", right))
    if enum is not None:
        return getattr(enum, "type_kind", "") not in {"enum", "composite"} or not enum.knows("type_kind")
    return right not in _ASSIGNED and not right.endswith("[]")


_FLOAT = lazy(r"\s*[-+]?(\d[\d_]*\.?[\d_]*(e[-+]?\d+)?|\.\d+(e[-+]?\d+)?|nan|inf(inity)?|0[xob]\w+)\s*", re.IGNORECASE)
_INTEGER = lazy(r"\s*[-+]?(\d[\d_]*|0[xob][0-9a-f_]+)\s*", re.IGNORECASE)
_BOOLEAN = lazy(
    r"\s*(t|tr|tru|true|f|fa|fal|fals|false|y|ye|yes|n|no|on|of|off|0|1)\s*", re.IGNORECASE
)  # parse_bool_with_len
_TIME = lazy(r".*\d.*|\s*(now|today|tomorrow|yesterday|epoch|[-+]?infinity|[-+]?inf)\s*", re.IGNORECASE | re.DOTALL)
_LIMITS = {"smallint": 1 << 15, "integer": 1 << 31, "bigint": 1 << 63}
_LITERALS = {
    **dict.fromkeys(("smallint", "integer", "bigint"), _INTEGER),
    **dict.fromkeys(("numeric", "real", "double precision"), _FLOAT),
    "boolean": _BOOLEAN,
    "uuid": re.compile(r"\{?[0-9a-f]{4}(-?[0-9a-f]{4}){7}\}?", re.IGNORECASE),
    # What has a digit may spell a time in some way, what begins no bare word may be JSON
    **dict.fromkeys(("date", "timestamp without time zone", "timestamp with time zone"), _TIME),
    **dict.fromkeys(("json", "jsonb"), re.compile(r"\s*(true|false|null|[^a-zA-Z\s].*)\s*", re.DOTALL)),
}


def require_constant(catalog: Catalog, constant: Node, column: str, printed: str) -> None:
    """Raise where a constant (A_Const) cannot be the default of a column of this type.

    22P02 for a string that does not spell a value of it, 42804 for a constant of another type.
    """
    if "sval" not in constant:
        kind = "integer" if "ival" in constant else "boolean" if "boolval" in constant else None
        if kind:
            require_assignable(catalog, kind, column, printed)
        return
    kind_: Any = catalog.find(("type", printed))
    domain = kind_ is not None and kind_.knows("type_kind") and kind_.type_kind == "domain" and kind_.knows("base")
    target = without_modifier(kind_.base or "" if domain else printed)
    text = constant["sval"].get("sval", "")
    if target.endswith("[]") and not text.lstrip().startswith(("{", "[")):
        raise CatalogError("22P02", "malformed array literal", constant.get("location"))
    spelling = _LITERALS.get(target)
    if spelling is not None and not spelling.fullmatch(text):
        sqlstate = "22007" if spelling is _TIME else "22P02"
        raise CatalogError(sqlstate, f"invalid input syntax for type {target}", constant.get("location"))
    if target in _LIMITS and text.strip().lstrip("+-").isdecimal() and not _in_range(int(text), target):
        raise CatalogError("22003", f"value is out of range for type {target}", constant.get("location"))
    enum: Any = catalog.find(("type", target))
    known = enum is not None and enum.knows("labels") and enum.knows("type_kind") and enum.type_kind == "enum"
    if known and text not in enum.labels:
        raise CatalogError("22P02", f"invalid input value for enum {target}", constant.get("location"))


def _in_range(value: int, target: str) -> bool:
    return -_LIMITS[target] <= value < _LIMITS[target]


def require_assignable(catalog: Catalog, kind: str, column: str, printed: str) -> None:
    """Raise 42804 where a default of one type surely cannot be assigned to a column of another."""
    if kind in _ASSIGNED and not casts_by_itself(catalog, kind, printed):
        raise CatalogError(
            "42804",
            f'column "{column}" is of type {printed} but default expression is of type {kind}',
            hint="You will need to rewrite or cast the expression.",
        )


def without_modifier(printed: str) -> str:
    """A printed type without its modifiers: ``numeric(10,2)[]`` as ``numeric[]``."""
    if "(" not in printed:
        return printed
    return printed.partition("(")[0] + printed.partition(")")[2]
