"""Triggers on tables and views, and event triggers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from ..catalog import Comparison, Object
from ..expression import compare


class Trigger(Object, frozen=True, kw_only=True):
    """A row of ``pg_trigger`` that is not internal."""

    kind: ClassVar[str] = "trigger"
    internal: ClassVar[frozenset[str]] = frozenset({"name", "arguments", "inherited"})
    comparisons: ClassVar[Mapping[str, Comparison]] = {"condition": compare}

    table: str
    name: str
    timing: str = "after"  # before | after | instead of
    events: tuple[str, ...] = ()  # insert, delete, update, "update of a, b", truncate: in this order
    level: str = "statement"  # row | statement
    function: str = ""  # identity of the function
    condition: str | None = None
    enabled: str = "origin"  # origin | disabled | replica | always
    arguments: tuple[str, ...] = ()
    inherited: bool = False


class EventTrigger(Object, frozen=True, kw_only=True):
    """A row of ``pg_event_trigger``."""

    kind: ClassVar[str] = "event_trigger"

    event: str
    tags: tuple[str, ...] = ()
    function: str = ""
    enabled: str = "origin"
    owner: str = "postgres"
