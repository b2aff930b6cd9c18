"""Tables: ordinary, partitioned and foreign."""

from __future__ import annotations

from typing import ClassVar

from ..catalog import Acl, Object


class Table(Object, frozen=True, kw_only=True):
    """A row of ``pg_class`` with relkind r, p or f."""

    kind: ClassVar[str] = "table"
    internal: ClassVar[frozenset[str]] = frozenset({"schema", "name", "acl", "server"})

    schema: str
    name: str
    relation_kind: str = "table"  # table | partitioned | foreign
    row_security: bool = False
    force_row_security: bool = False
    persistence: str = "permanent"  # permanent | unlogged | temporary
    partition_of: str | None = None
    partition_bound: str | None = None
    partition_key: str | None = None
    inherits: tuple[str, ...] = ()
    options: tuple[str, ...] = ()  # reloptions, name=value, sorted
    owner: str = "postgres"
    acl: Acl | None = None  # relacl; None: the built-in default
    server: str | None = None  # of a foreign table
