"""What a check has to say: findings, their levels and their remedies."""

from __future__ import annotations

from enum import Enum

import msgspec
from msgspec import UNSET, UnsetType

from ..schema.source import Location


class Level(Enum):
    """How grave a finding is; levels are ordered."""

    INFO = "INFO"
    WARN = "WARN"
    ERROR = "ERROR"

    def __lt__(self, other: Level) -> bool:
        return _RANK[self] < _RANK[other]

    def __le__(self, other: Level) -> bool:
        return _RANK[self] <= _RANK[other]


_RANK = {level: rank for rank, level in enumerate(Level)}


class Subject(msgspec.Struct, frozen=True):
    """The object a finding is about."""

    kind: str
    identity: str


class Related(msgspec.Struct, frozen=True):
    """Another place that has a part in the finding, and which part."""

    location: Location
    message: str


class Edit(msgspec.Struct, frozen=True):
    """A stretch of a file, and the text to put in its place."""

    location: Location
    text: str


class Remedy(msgspec.Struct, frozen=True):
    """What to do, in words and as SQL for a new migration.

    ``example`` marks SQL that must be filled in or read first; ``edit`` is the change of the file itself, where that is
    the remedy. Both are left out of JSON where they say nothing.
    """

    text: str
    sql: str | None = None
    example: bool | UnsetType = UNSET
    edit: Edit | UnsetType = UNSET


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One fault, with everything a reader needs to judge and mend it.

    ``why`` is the way by which it matters, one step a line; ``cache_keys`` are those of the same finding in
    the Dashboard's Advisor (supabase/splinter), where the rule is one of its own.
    """

    rule: str
    level: Level
    message: str
    object: Subject | None = None
    location: Location | None = None
    related: tuple[Related, ...] = ()
    why: tuple[str, ...] = ()
    remedy: Remedy | None = None
    cache_keys: tuple[str, ...] = ()
    url: str | None = None
