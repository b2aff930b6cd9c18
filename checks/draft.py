"""Findings in the making: a rule's fault, stamped with its name and level, and what decides whether it is told."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING

import msgspec
from msgspec import UNSET
from msgspec.structs import replace

from ..schema.catalog import Missing, Object, Rejection, Unmodelled
from ..schema.source import Location, Statement
from .cause import Cause, reasoned
from .finding import Finding, Level, Remedy, Subject
from .rule import Fault, Rule

if TYPE_CHECKING:
    from .schema import Schema

EVENTS = (Rejection, Missing, Unmodelled)


class Scope(Enum):
    """What a finding is about, which decides whether it is history."""

    STATE = 1  # an object as it is in the end
    TEXT = 2  # a statement or a file
    PROJECT = 3  # schema.yaml and what it expects: never history


class Draft(msgspec.Struct):
    """A finding on its way, and the places that have a part in it."""

    finding: Finding
    places: frozenset[Location]
    scope: Scope

    @property
    def cause(self) -> Cause:
        """By what it is known again in another state of the database."""
        return reasoned(self.finding)


def drafted(rule: Rule, fault: Fault, schema: Schema, scope: Scope) -> Draft:
    """Make a finding of a fault; the rule's name and level are stamped here."""
    subject, places = fault.subject, [related.location for related in fault.related]
    key, location = fault.object, fault.at
    if isinstance(subject, Object):
        key, location = key or subject.key, location or schema.place(subject)
        places += [place for place in (subject.made_at, subject.changed_at) if place]
    elif isinstance(subject, Statement):
        location = location or subject.location
        places.append(subject.location)
    elif isinstance(subject, EVENTS):
        location = location or subject.at
    else:
        location = location or subject
    severity = schema.project.spec.lint.severity
    level = Level(severity[rule.name]) if rule.name in severity else fault.level or rule.level
    words = schema.masks.words if schema.masks else str
    finding = Finding(
        rule=rule.name,
        level=level,
        message=words(fault.message),
        object=Subject(key[0], words(key[1])) if key else None,
        location=location,
        related=tuple(replace(related, message=words(related.message)) for related in fault.related),
        why=tuple(words(line) for line in fault.why),
        remedy=_remedy(fault, words) if fault.remedy else None,
        cache_keys=tuple(words(each) for each in fault.cache_keys),
        url=rule.url,
    )
    return Draft(finding, frozenset([*places, location] if location else places), scope)


def _remedy(fault: Fault, words: Callable[[str], str]) -> Remedy:
    return Remedy(
        words(fault.remedy),
        words(fault.sql) if fault.sql else None,
        example=True if fault.example and fault.sql else UNSET,
        edit=replace(fault.edit, text=words(fault.edit.text)) if fault.edit else UNSET,
    )
