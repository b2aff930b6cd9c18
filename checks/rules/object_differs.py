"""An object is made otherwise than schema.yaml states.

Every attribute is compared as PostgreSQL understands it: types by their own names, expressions in a normal
form.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...schema.diff import Difference
from ..expectation import named, places, value
from ..finding import Level
from ..rule import Fault, Rule
from ..schema import Schema

rule = Rule(__name__, level=Level.ERROR, about=Difference)


@rule
def check(difference: Difference, schema: Schema) -> Iterator[Fault]:
    """Tell both values."""
    if difference.kind == "differs":
        at, related = places(difference, schema)
        yield Fault(
            at,
            f"{named(difference)} differs in {(difference.attribute or 'its shape').replace('_', ' ')}",
            why=(f"expected: {value(difference.expected)}", f"made: {value(difference.actual)}"),
            remedy="Change it in a new migration, or mend schema.yaml",
            related=related,
            object=difference.key,
        )
