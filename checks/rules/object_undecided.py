"""Whether an object is what schema.yaml states cannot be decided here.

The value is not known (something that cannot be followed may have changed it), or two expressions may or
may not mean the same. It is never taken for a pass: ``schema prove``, and the pasted bundle itself, ask a
real server.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...schema.diff import Difference
from ..expectation import attribute, named, places, value
from ..finding import Level
from ..rule import Fault, Rule
from ..schema import Schema

rule = Rule(__name__, level=Level.WARN, about=Difference)


@rule
def check(difference: Difference, schema: Schema) -> Iterator[Fault]:
    """Tell what is not known, and why."""
    if difference.kind == "undecided":
        at, related = places(difference, schema, "this is what is stated")
        of = f", in {attribute(difference)}" if difference.attribute else ""
        values = (("expected", difference.expected), ("made", difference.actual))
        yield Fault(
            at,
            f"it cannot be decided whether {named(difference)} is as expected{of}",
            why=(
                *([difference.reason] if difference.reason else []),
                *(f"{word}: {value(given)}" for word, given in values if given is not None),
            ),
            remedy="Write it as it is stated in schema.yaml, or let a real server decide (schema prove)",
            related=related,
            object=difference.key,
        )
