"""Which types change into which without being asked: the assignment casts that ALTER COLUMN TYPE takes."""

from __future__ import annotations

from ..catalog import Catalog

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


def without_modifier(printed: str) -> str:
    """A printed type without its modifiers: ``numeric(10,2)[]`` as ``numeric[]``."""
    if "(" not in printed:
        return printed
    return printed.partition("(")[0] + printed.partition(")")[2]
