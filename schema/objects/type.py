"""Types made by CREATE TYPE and CREATE DOMAIN."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from ..catalog import Acl, Comparison, Object
from ..expression import compare


class Type(Object, frozen=True, kw_only=True):
    """A row of ``pg_type`` that is no table's row type; a domain's constraints are objects of their own."""

    kind: ClassVar[str] = "type"
    internal: ClassVar[frozenset[str]] = frozenset({"schema", "name", "acl"})
    comparisons: ClassVar[Mapping[str, Comparison]] = {"default": compare}

    schema: str
    name: str
    type_kind: str  # enum | domain | composite | range | base
    labels: tuple[str, ...] = ()  # of an enum
    base: str | None = None  # of a domain; the subtype of a range
    not_null: bool = False  # of a domain
    default: str | None = None  # of a domain
    attributes_: tuple[str, ...] = ()  # of a composite: "name type"
    owner: str = "postgres"
    acl: Acl | None = None
