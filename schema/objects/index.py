"""Indexes, those behind constraints among them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from ..catalog import Comparison, Object
from ..expression import compare, compare_keys


class Index(Object, frozen=True, kw_only=True):
    """A row of ``pg_index``."""

    kind: ClassVar[str] = "index"
    internal: ClassVar[frozenset[str]] = frozenset({"schema", "name", "keys", "reads", "definition", "primary"})
    comparisons: ClassVar[Mapping[str, Comparison]] = {"columns": compare_keys, "predicate": compare}

    schema: str
    name: str
    table: str
    unique: bool = False
    method: str = "btree"
    columns: tuple[str, ...] = ()  # each key as pg_get_indexdef prints it: "created_at DESC", "lower(email)"
    include: tuple[str, ...] = ()
    predicate: str | None = None
    valid: bool = True
    constraint: str | None = None  # name of the constraint it backs
    definition: str = ""  # pg_get_indexdef
    primary: bool = False
    keys: tuple[str | None, ...] = ()  # the plain column of each key, None for an expression
    reads: frozenset[str] = frozenset()  # every column it touches, through keys, expressions, INCLUDE, predicate
