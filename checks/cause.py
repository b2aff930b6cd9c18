"""By what a finding is known again: its rule, its object and its cause, and never the line it stands on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, TypeVar

import msgspec

from ..schema.pattern import lazy

if TYPE_CHECKING:
    from .finding import Finding

T = TypeVar("T")

_ASIDE = lazy(r" \([^()]*\)")
_VERSION = lazy(r"^\d+_(?=.)")


class Cause(msgspec.Struct, frozen=True, order=True):
    """What stays of a finding when lines move and files are given new versions.

    ``object`` is its kind and identity; where a finding has none, the name of its file without the version.
    ``cause`` are the Advisor's keys where the rule is one of its lints, else the finding's message.
    """

    rule: str
    object: str
    cause: str

    def digest(self, ordinal: int = 0) -> str:
        """A fingerprint; ``ordinal`` tells findings of one cause apart."""
        parts = (self.rule, self.object, self.cause, *([str(ordinal)] if ordinal else []))
        from hashlib import sha256  # late: it loads OpenSSL

        return sha256("\0".join(parts).encode(errors="replace")).hexdigest()


def cause_of(finding: Finding) -> Cause:
    """Find the cause of a finding."""
    if finding.object is not None:
        thing = f"{finding.object.kind} {finding.object.identity}"
    elif finding.location is not None:
        thing = _VERSION.sub("", finding.location.file.rpartition("/")[2])
    else:
        thing = ""
    return Cause(finding.rule, thing, " ".join(finding.cache_keys) or finding.message)


def reasoned(finding: Finding) -> Cause:
    """The same with level and reasons, for findings of one run: what has become graver is not what it was.

    Where a privilege comes from, which reasons say in parentheses, makes nothing graver.
    """
    cause = cause_of(finding)
    reasons = (_ASIDE.sub("", line) for line in finding.why)
    said = (finding.level.value, cause.cause, finding.message, *reasons)
    return Cause(cause.rule, cause.object, "; ".join(said))


def fingerprints(findings: Iterable[Finding]) -> list[str]:
    """Give each finding a fingerprint of its own, in their order."""
    seen: Counter[Cause] = Counter()
    told = []
    for finding in findings:
        cause = cause_of(finding)
        told.append(cause.digest(seen[cause]))
        seen[cause] += 1
    return told


def matched(things: Iterable[tuple[T, Cause]], known: Counter[Cause]) -> list[T]:
    """Those of the things, each with its cause, that are known: of one cause no more than were counted."""
    left = known.copy()
    found = []
    for thing, cause in things:
        if left[cause] > 0:
            left[cause] -= 1
            found.append(thing)
    return found
