"""Buckets of storage: rows of ``storage.buckets`` that migrations make."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from ..catalog import Comparison, Object
from ..expression import Likeness, compare_values
from ..live import rows_of


def compare_lists(left: tuple[str, ...] | None, right: tuple[str, ...] | None) -> Likeness:
    """Equality of two lists whose order has no meaning."""
    return compare_values(left and sorted(left), right and sorted(right))


class Bucket(Object, frozen=True, kw_only=True):
    """A row of ``storage.buckets``; its identity is the id."""

    kind: ClassVar[str] = "bucket"
    internal: ClassVar[frozenset[str]] = frozenset({"name"})
    comparisons: ClassVar[Mapping[str, Comparison]] = {"allowed_mime_types": compare_lists}
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
