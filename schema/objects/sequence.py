"""Sequences: free, and owned by serial and identity columns."""

from __future__ import annotations

from typing import ClassVar

from ..catalog import Acl, Object


class Sequence(Object, frozen=True, kw_only=True):
    """A row of ``pg_sequence``."""

    kind: ClassVar[str] = "sequence"
    internal: ClassVar[frozenset[str]] = frozenset({"schema", "name", "acl", "identity_column"})

    schema: str
    name: str
    type: str = "bigint"
    start: int = 1
    increment: int = 1
    minimum: int = 1
    maximum: int = 9223372036854775807
    cache: int = 1
    cycle: bool = False
    owned_by: str | None = None  # identity of a column
    owner: str = "postgres"
    acl: Acl | None = None
    identity_column: bool = False  # of GENERATED ... AS IDENTITY: an internal dependency
