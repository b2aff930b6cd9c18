"""Whether an object is what schema.yaml states cannot be decided here.

The value is not known (something that cannot be followed may have changed it), or two expressions may or
may not mean the same; or what ``access`` states rests on such a value, or on what a security-definer function
lets through. It is never taken for a pass: ``schema prove``, and the pasted bundle itself, ask a
real server.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...schema.difference import Difference
from ...schema.spec import Target
from ..expectation import attribute, named, places, stated_in, value
from ..finding import Level
from ..rule import Fault, Rule
from ..schema import Schema
from ..words import listed

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
            remedy=f"Write it as it is stated in {stated_in(difference)}, or let a real server decide (schema prove)",
            related=related,
            object=difference.key,
        )


@rule.also(Target)
def check_access(target: Target, schema: Schema) -> Iterator[Fault]:
    """Tell which access cannot be decided, and why."""
    if not schema.project.spec.access:
        return
    from ..matrix.stated import unmet

    for stated in unmet(schema):
        if not stated.decided:
            yield Fault(
                stated.location,
                f"it cannot be decided whether {stated.role} may {listed(stated.commands)} {stated.expected} of "
                f"{stated.table}'s rows",
                why=(*([stated.problem] if stated.problem else []), *stated.why),
                remedy="Take away what it rests on, state otherwise, or judge it yourself and waive it with the reason",
                related=stated.related(schema),
                object=("table", stated.table),
            )
