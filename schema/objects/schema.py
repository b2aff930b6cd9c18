"""Schemas."""

from __future__ import annotations

from typing import ClassVar

from ..catalog import Acl, Object


class Schema(Object, frozen=True, kw_only=True):
    """A row of ``pg_namespace``."""

    kind: ClassVar[str] = "schema"
    internal: ClassVar[frozenset[str]] = frozenset({"name", "acl"})

    name: str
    owner: str = "postgres"
    acl: Acl | None = None
