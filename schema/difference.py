"""What a comparison with schema.yaml says: ``diff`` makes it, rules and the command ``schema diff`` tell it."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from .catalog import Key
from .source import Location

Verdict = Literal["missing", "differs", "unexpected", "undecided"]


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One way in which what is there is not what schema.yaml states.

    ``attribute`` is None where the object as a whole is meant; ``location`` is the place in schema.yaml, ``at``
    that of the statement that made what is there. ``reason`` says why nothing could be decided.
    """

    kind: Verdict
    key: Key
    attribute: str | None = None
    expected: Any = None
    actual: Any = None
    location: Location | None = None
    at: Location | None = None
    reason: str = ""
