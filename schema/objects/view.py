"""Views and materialized views."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import msgspec

from ..catalog import Acl, Comparison, Object
from ..expression import compare_query


class ViewColumn(msgspec.Struct, frozen=True):
    """A column of a view: its name, and its type where that is known."""

    name: str
    type: str | None = None


class View(Object, frozen=True, kw_only=True):
    """A row of ``pg_class`` with relkind v or m."""

    kind: ClassVar[str] = "view"
    internal: ClassVar[frozenset[str]] = frozenset({"schema", "name", "acl"})
    comparisons: ClassVar[Mapping[str, Comparison]] = {"definition": compare_query}

    schema: str
    name: str
    relation_kind: str = "view"  # view | materialized
    columns: tuple[ViewColumn, ...] = ()
    options: tuple[str, ...] = ()  # reloptions, name=value, sorted
    definition: str = ""  # the query
    owner: str = "postgres"
    acl: Acl | None = None

    @property
    def security_invoker(self) -> bool:
        """Whether it reads with the rights of whoever asks: on, true, 1 or yes (splinter 0010's own list)."""
        return any(
            name == "security_invoker" and value in {"on", "true", "1", "yes"}
            for name, _, value in (option.lower().partition("=") for option in self.options)
        )
