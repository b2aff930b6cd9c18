"""Comments."""

from __future__ import annotations

from typing import ClassVar

from ..catalog import Object


class Comment(Object, frozen=True, kw_only=True):
    """A row of ``pg_description``; its identity is that of the object, with its kind before it."""

    kind: ClassVar[str] = "comment"

    object: str  # "table public.todo"
    text: str
