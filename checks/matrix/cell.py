"""A cell of the access matrix, and the words for which rows it lets a role get at."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

ORDER = ("none", "own", "some", "all")
UNKNOWN = "unknown"


class Through(msgspec.Struct, frozen=True, kw_only=True):
    """Another way to the table's rows: a view, a parent, a child, or a function, and which rows it gives."""

    kind: str
    identity: str
    access: str
    why: tuple[str, ...]


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """What one role may do with one table by one command.

    ``direct`` is what the table itself gives, ``access`` what that and the ways in ``through`` give together.
    ``columns``: only these; ``own``: the columns one of which is the user's id, where ``direct`` is own.
    ``blurred``: functions that may do more, which the cell does not count.
    """

    table: str
    role: str
    command: str
    access: str
    direct: str
    filtered: str | None = None
    columns: tuple[str, ...] | None = None
    own: tuple[str, ...] = ()
    reason: tuple[str, ...] = ()
    policies: tuple[str, ...] = ()
    through: tuple[Through, ...] = ()

    @property
    def blurred(self) -> tuple[Through, ...]:
        """The functions that may do more than the cell says."""
        return tuple(each for each in self.through if each.kind == "function" and each.access == UNKNOWN)


def greatest(accesses: Sequence[str]) -> str:
    """What several ways give together."""
    if "all" in accesses:
        return "all"
    return UNKNOWN if UNKNOWN in accesses else max(accesses, key=ORDER.index)
