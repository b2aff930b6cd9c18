"""A baseline: the findings that a project starts with, which are not told until they come back.

The file is JSON, one finding a line, sorted, so that it reads well in a diff and merges::

    {"version": 1, "findings": [{"rule": "...", "object": "table public.log", "cause": "...", "count": 2}]}

A finding is known by rule, object and cause (``cause.py``), and not by its line; ``count`` is left out where it is 1.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec

from .cause import Cause, cause_of
from .output.terminal import escape_json

if TYPE_CHECKING:
    from .finding import Finding


class BaselineError(Exception):
    """A file that is no baseline: where, and why."""


class _Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    rule: str
    object: str
    cause: str
    count: int = 1


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: Literal[1]
    findings: tuple[_Entry, ...]


def read(path: Path) -> Counter[Cause]:
    """Read a baseline; raises BaselineError for a file that is none."""
    try:
        found = msgspec.json.decode(path.read_bytes(), type=_File)
    except FileNotFoundError:
        raise BaselineError(f"{path}: there is no such baseline; --write-baseline makes it") from None
    except OSError as error:
        raise BaselineError(f"{path} cannot be read: {error.strerror or error}") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BaselineError(f"{path} is no baseline: {error}; --write-baseline makes one") from None
    counts: Counter[Cause] = Counter()
    for entry in found.findings:
        counts[Cause(entry.rule, entry.object, entry.cause)] += entry.count
    return counts


def printed(findings: Iterable[Finding], kept: Counter[Cause] | None = None) -> str:
    """Print the baseline of these findings, and of what else is kept."""
    counts = Counter(map(cause_of, findings)) + (kept or Counter())
    lines = [
        "    " + escape_json(msgspec.json.encode(_Entry(cause.rule, cause.object, cause.cause, count)).decode())
        for cause, count in sorted(counts.items())
    ]
    body = "[\n" + ",\n".join(lines) + "\n  ]" if lines else "[]"
    return f'{{\n  "version": 1,\n  "findings": {body}\n}}\n'


def of_others(baseline: Counter[Cause], asked: Collection[str]) -> Counter[Cause]:
    """The part of a baseline that is about rules that were not asked: nothing can be said of it."""
    return Counter({cause: count for cause, count in baseline.items() if cause.rule not in asked})
