"""The names that PostgreSQL itself and its extensions bring along (``data/``, written by ``script/pg_catalog.py``)."""

from __future__ import annotations

import pathlib
from functools import cache

import msgspec

# The types that tell of extensions whose other members are not known (their install scripts: postgis.sql.in, http.sql)
_TELLING = {
    "postgis": "box2d box2df box3d geography geometry geometry_dump gidx spheroid valid_detail",
    "postgis_raster": "raster",
    "postgis_topology": "topogeometry topoelement topoelementarray",
}

# ... and those that make no tables, views or sequences, whatever else they do
_WITHOUT_RELATIONS = frozenset({
    "pg_hashids", "pgaudit", "pgroonga", "pgrouting", "plcoffee", "pljava", "plls", "plpgsql_check", "plv8", "rum",
})  # fmt: skip

_DATA = pathlib.Path(__file__).parent.parent / "data"


class Names(msgspec.Struct, frozen=True):
    """What a schema or an extension holds, by name alone."""

    types: frozenset[str]
    relations: frozenset[str]
    functions: frozenset[str]


@cache
def pg_catalog() -> Names:
    """The names in ``pg_catalog`` of PostgreSQL 15 to 18."""
    blocks = (_DATA / "pg_catalog.txt").read_text("utf-8").split("\n\n")
    return Names(*(frozenset(block.split()) for block in blocks))


@cache
def extension(name: str) -> Names | None:
    """The types and functions an extension makes, or None where its members are not known."""
    found: dict[str, frozenset[str]] = {}
    for line in (_DATA / "extensions.txt").read_text("utf-8").splitlines():
        words = line.split()
        if words[0] == name:
            found[words[1]] = frozenset(words[2:])
    if not found:
        return None
    types = found.get("types", frozenset())
    return Names(types, types, found.get("functions", frozenset()))


def extensions_with(kind: str, name: str) -> list[str]:
    """The extensions that make a type or function (``kind``) of this name, as far as their members are known."""
    lines = (line.split() for line in (_DATA / "extensions.txt").read_text("utf-8").splitlines())
    found = [extension for extension, kinds, *names in lines if kinds == f"{kind}s" and name in names]
    return found or [each for each in _TELLING if kind == "type" and makes_type(each, name)]


@cache
def _columns() -> dict[str, frozenset[str]]:
    lines = (line.split() for line in (_DATA / "pg_catalog_columns.txt").read_text("utf-8").splitlines())
    return {relation: frozenset(names) for relation, *names in lines}


def columns(relation: str) -> frozenset[str] | None:
    """The columns of a relation of the system's schemas (``pg_catalog.pg_class``); None for another one."""
    return _columns().get(relation)


def makes_type(extension: str, name: str) -> bool:
    """Whether an extension, whose members are not known, certainly makes a type of this name."""
    return name in _TELLING.get(extension, "").split()


def makes_relations(extension: str) -> bool:
    """Whether an extension, whose members are not known, may make tables, views or sequences."""
    return extension not in _WITHOUT_RELATIONS
