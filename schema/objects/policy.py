"""Row level security policies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from ..catalog import Comparison, Object
from ..expression import compare


class Policy(Object, frozen=True, kw_only=True):
    """A row of ``pg_policy``."""

    kind: ClassVar[str] = "policy"
    internal: ClassVar[frozenset[str]] = frozenset({"name"})
    comparisons: ClassVar[Mapping[str, Comparison]] = {"using": compare, "check": compare}

    table: str
    name: str
    command: str = "all"  # all | select | insert | update | delete (polcmd)
    permissive: bool = True
    roles: tuple[str, ...] = ("public",)  # sorted
    using: str | None = None  # polqual
    check: str | None = None  # polwithcheck
