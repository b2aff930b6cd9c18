"""Publications and their members."""

from __future__ import annotations

from typing import ClassVar

from ..catalog import Object


class Publication(Object, frozen=True, kw_only=True):
    """A row of ``pg_publication``."""

    kind: ClassVar[str] = "publication"
    internal: ClassVar[frozenset[str]] = frozenset({"name"})

    name: str
    all_tables: bool = False
    operations: tuple[str, ...] = ("insert", "update", "delete", "truncate")
    owner: str = "postgres"


class PublicationMember(Object, frozen=True, kw_only=True):
    """A table, or a whole schema, in a publication: ``public.todo in publication pub``."""

    kind: ClassVar[str] = "publication_member"

    publication: str
    table: str | None = None
    schema: str | None = None
    columns: tuple[str, ...] = ()
    row_filter: str | None = None
