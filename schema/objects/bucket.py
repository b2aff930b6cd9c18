"""Buckets of storage: rows of ``storage.buckets`` that migrations make."""

from __future__ import annotations

from typing import ClassVar

from ..catalog import Object
from ..live import rows_of


class Bucket(Object, frozen=True, kw_only=True):
    """A row of ``storage.buckets``; its identity is the id."""

    kind: ClassVar[str] = "bucket"
    internal: ClassVar[frozenset[str]] = frozenset({"name"})
    live: ClassVar[str] = rows_of(
        "bucket",
        "storage.buckets",
        ("id", "public", "file_size_limit", "allowed_mime_types"),
        "select id as identity, public, file_size_limit, allowed_mime_types from storage.buckets",
    )

    name: str = ""
    public: bool | None = False
    file_size_limit: int | None = None  # bytes
    allowed_mime_types: tuple[str, ...] | None = None
