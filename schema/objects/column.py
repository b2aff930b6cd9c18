"""Columns of tables (a view's columns are an attribute of the view)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from ..catalog import Acl, Comparison, Object
from ..expression import compare


class Column(Object, frozen=True, kw_only=True):
    """A row of ``pg_attribute`` with a positive attnum."""

    kind: ClassVar[str] = "column"
    internal: ClassVar[frozenset[str]] = frozenset({"table", "name", "acl", "inherited"})
    comparisons: ClassVar[Mapping[str, Comparison]] = {"default": compare, "generated": compare}

    table: str
    name: str
    position: int  # attnum
    type: str  # format_type
    not_null: bool = False
    default: str | None = None
    generated: str | None = None  # the expression of a generated column
    generated_identity: str | None = None  # always | by default
    collation: str | None = None  # where it is not the type's own
    acl: Acl | None = None  # attacl
    inherited: bool = False
