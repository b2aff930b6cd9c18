"""Functions, procedures and aggregates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import msgspec

from ..catalog import Acl, Comparison, Object
from ..expression import Likeness, compare


class Argument(msgspec.Struct, frozen=True):
    """One argument: its name, mode (in, out, inout, variadic, table), type and default expression."""

    name: str | None
    mode: str
    type: str
    default: str | None = None


def compare_arguments(left: tuple[Argument, ...], right: tuple[Argument, ...]) -> Likeness:
    """Equality of argument lists, defaults as expressions."""
    if [(a.name, a.mode, a.type) for a in left] != [(a.name, a.mode, a.type) for a in right]:
        return Likeness.DIFFERENT
    if any((a.default is None) != (b.default is None) for a, b in zip(left, right, strict=True)):
        return Likeness.DIFFERENT
    pairs = [(a.default, b.default) for a, b in zip(left, right, strict=True) if a.default and b.default]
    return max((compare(a, b) for a, b in pairs), default=Likeness.EXACT)


class Function(Object, frozen=True, kw_only=True):
    """A row of ``pg_proc``; its identity is schema.name(``oidvectortypes(proargtypes)``)."""

    kind: ClassVar[str] = "function"
    internal: ClassVar[frozenset[str]] = frozenset({"schema", "name", "acl", "source"})
    comparisons: ClassVar[Mapping[str, Comparison]] = {"arguments": compare_arguments}

    schema: str
    name: str
    routine_kind: str = "function"  # function | procedure | aggregate | window
    arguments: tuple[Argument, ...] = ()
    returns: str | None = "void"
    returns_set: bool = False
    language: str = "sql"
    volatility: str = "volatile"  # volatile | stable | immutable
    strict: bool = False
    security_definer: bool = False
    leakproof: bool = False
    parallel: str = "unsafe"  # unsafe | restricted | safe
    config: tuple[str, ...] = ()  # proconfig: search_path="" and the like
    owner: str = "postgres"
    body: str | None = None  # md5 of prosrc, line ends as LF; of BEGIN ATOMIC: the text itself
    acl: Acl | None = None
    source: str = ""  # prosrc

    @property
    def search_path(self) -> str | None:
        """The search_path the function sets for itself, None where it takes the caller's."""
        return next((value for name, _, value in (c.partition("=") for c in self.config) if name == "search_path"), None)
