"""Findings that a reader has judged: comments beside statements, and waivers in schema.yaml.

``-- pasteproof: ignore RULE (reason)`` stands with a statement, ``-- pasteproof: ignore-file RULE (reason)``
anywhere in a file; several rules are separated by commas, and the reason is required.
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import msgspec

from ..schema.pattern import lazy
from ..schema.source import comments
from ..schema.stating.section import place_of
from .rule import rules, unknown_rule

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from datetime import date

    from ..schema.source import Location, Rejected, Source, Statement
    from ..schema.spec import Waiver
    from .finding import Finding

_MARK = "pasteproof:"
_FORM = lazy(r"(?P<word>ignore-file|ignore)\s+(?P<rules>[\w-]+(?:\s*,\s*[\w-]+)*)\s*(?:\((?P<reason>.*)\))?", re.DOTALL)
_NAME = "Write the rule as `schema rules` lists it, or take it out"


class Suppression(msgspec.Struct, frozen=True, kw_only=True):
    """One rule that is not to speak: of a statement, of a file, or of an object that a waiver names.

    ``problem`` says why it counts for nothing, and ``remedy`` what to do about that; ``location`` is where it is
    written, ``alone`` that nothing else is written there.
    """

    rule: str
    reason: str
    location: Location | None
    statement: Location | None = None
    file: str | None = None
    object: str | None = None
    waiver: bool = False
    alone: bool = False
    problem: str = ""
    remedy: str = ""

    def covers(self, finding: Finding, places: Collection[Location]) -> bool:
        """Whether this finding, that has a part in these places, is meant."""
        if self.problem or finding.rule != self.rule:
            return False
        if self.waiver:
            return self.object is None or (
                finding.object is not None and fnmatchcase(finding.object.identity, self.object)
            )
        if self.statement is None:
            return any(place.file == self.file for place in places)
        return any(_inside(place, self.statement) for place in places)


def _inside(place: Location, outer: Location) -> bool:
    return place.file == outer.file and (
        (outer.line, outer.column)
        <= (place.line, place.column)
        <= (place.end_line, place.end_column)
        <= (outer.end_line, outer.end_column)
    )


def written(source: Source, pieces: Iterable[Statement | Rejected]) -> Iterator[Suppression]:
    """Read the suppression comments of a file; its statements (and what did not parse) in their order."""
    if _MARK not in source.text:
        return
    owners = {span: piece for piece in pieces for span in piece.comments}
    for span in comments(source):
        text = source.slice(*span).removeprefix("--").removeprefix("/*").removesuffix("*/").strip()
        if text.startswith(_MARK):
            owner = owners.get(span)
            yield from _read(text.removeprefix(_MARK).strip(), source.locate(*span), owner.location if owner else None)


def _read(text: str, location: Location, statement: Location | None) -> Iterator[Suppression]:
    form = _FORM.fullmatch(text)
    if form is None:
        yield Suppression(
            rule="",
            reason="",
            location=location,
            problem="this comment is not understood",
            remedy="Write  -- pasteproof: ignore RULE (reason)  (several rules with commas between), or take it out",
        )
        return
    whole_file = form["word"] == "ignore-file"
    reason = (form["reason"] or "").strip()
    names = re.split(r"\s*,\s*", form["rules"])
    for rule in names:
        problem = remedy = ""
        if rule not in rules():
            problem, remedy = unknown_rule(rule), _NAME
        elif not reason:
            problem = "a suppression needs its reason"
            remedy = f"Write  -- pasteproof: {form['word']} {form['rules']} (why it is right here)"
        elif not whole_file and statement is None:
            problem = "this comment stands with no statement"
            remedy = "Write it above the statement that it is about; of the whole file, ignore-file instead of ignore"
        yield Suppression(
            rule=rule,
            reason=reason,
            location=location,
            statement=None if whole_file else statement,
            file=location.file,
            alone=len(names) == 1,
            problem=problem,
            remedy=remedy,
        )


def unmatched(patterns: Iterable[str], files: Collection[str]) -> Iterator[Suppression]:
    """The patterns of schema.yaml's per_file_ignore that no file matches."""
    for pattern in patterns:
        if not any(fnmatchcase(file, pattern) for file in files):
            yield Suppression(
                rule="",
                reason="",
                location=place_of(pattern),
                problem=f"no migration matches {pattern!r}: its rules are ignored nowhere",
                remedy="Write the file's path as seen from schema.yaml, or take the line out of per_file_ignore",
            )


def waived(waivers: Iterable[Waiver], today: date) -> Iterator[Suppression]:
    """Read the waivers of schema.yaml; one whose ``until`` has passed counts for nothing, and says so."""
    for waiver in waivers:
        problem = remedy = ""
        if waiver.rule not in rules():
            problem, remedy = unknown_rule(waiver.rule), _NAME
        elif waiver.until is not None and waiver.until < today:
            problem = f"the waiver of {waiver.rule} ended on {waiver.until.isoformat()}"
            remedy = "Do what it waited for and take it out, or judge anew and give it a later until"
        yield Suppression(
            rule=waiver.rule,
            reason=waiver.reason,
            location=waiver.place("rule"),
            object=waiver.object,
            waiver=True,
            problem=problem,
            remedy=remedy,
        )
