"""Extensions."""

from __future__ import annotations

from typing import ClassVar

from ..catalog import Object


class Extension(Object, frozen=True, kw_only=True):
    """A row of ``pg_extension``."""

    kind: ClassVar[str] = "extension"
    internal: ClassVar[frozenset[str]] = frozenset({"name"})

    name: str
    schema: str = "public"
