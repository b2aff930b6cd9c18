"""Edges of ``pg_depend``: what an object needs, kept with the object itself.

What a part of a relation (a column, constraint, index, trigger or policy) needs of that relation is the same in every
table that has such a part: those edges have a mark in the place of the relation's identity, and one edge serves for
all of them. ``absolute`` puts the identity there.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import msgspec

from .names import quote_ident

Key = tuple[str, str]

_RELATION = "\0"  # stands for the identity of the relation that a part belongs to; no name has it
_NAME = "\1"  # stands for the part's own name


class Dependency(msgspec.Struct, frozen=True, gc=False):
    """An edge of ``pg_depend``: with ``auto`` the dependent goes silently, else only with CASCADE.

    ``attribute`` names the one attribute of the dependent that goes in its place, as a column's default does.
    ``own``: to the relation that the dependent is a part of, or to another part of that; ``on`` has marks then.
    """

    on: Key
    auto: bool = False
    attribute: str = ""
    own: bool = False


Edges = tuple[Dependency, ...]


def absolute(edge: Dependency, part: Any) -> Dependency:
    """The edge of a part with the identity of what it needs; any other edge as it is."""
    if not edge.own:
        return edge
    kind, identity = edge.on
    identity = identity.replace(_RELATION, part.table)
    if _NAME in identity:
        identity = identity.replace(_NAME, quote_ident(part.name))
    return Dependency((kind, identity), edge.auto, edge.attribute)


@lru_cache(64)
def to_relation(kind: str) -> Edges:
    """The edge of a part to its relation, which is of this kind."""
    return (Dependency((kind, _RELATION), auto=True, own=True),)


@lru_cache(1024)
def to_columns(columns: tuple[str, ...]) -> Edges:
    """The edges of a part of a table to this, and to those of its columns that it goes with."""
    ends = (f"{_RELATION}.{quote_ident(each)}" for each in columns)
    return (*to_relation("table"), *(Dependency(("column", end), auto=True, own=True) for end in ends))


@lru_cache(1024)
def to_key(columns: tuple[str, ...]) -> Edges:
    """The edges of the index behind a key: to the constraint of its name, and as ``to_columns``."""
    return (Dependency(("constraint", f"{_NAME} on {_RELATION}"), auto=True, own=True), *to_columns(columns))


def to_relation_and(table: Any, used: Iterable[Key], *, goes: bool = False) -> Edges:
    """The edges of a part to its table and to what its expressions use, in order; ``goes``: with any of its columns."""
    relation, column, end = table.key, table.identity + ".", len(table.identity)
    needed = [
        (kind, _RELATION + identity[end:]) if kind == "column" and identity.startswith(column) else (kind, identity)
        for kind, identity in dict.fromkeys(used)
        if (kind, identity) != relation
    ]
    return _to_all(table.kind, tuple(needed), goes)


@lru_cache(1024)
def _to_all(kind: str, needed: tuple[Key, ...], goes: bool) -> Edges:
    edges = to_relation(kind)
    for on in needed:
        own = on[1].startswith(_RELATION)
        edges += (Dependency(on, auto=own and goes, own=own),)
    return edges
