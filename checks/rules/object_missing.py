"""schema.yaml expects an object that no migration makes.

Where a statement that cannot be followed may have made it, that is ``object_undecided``.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...schema.difference import Difference
from ..expectation import named, stated_in
from ..finding import Level, Related
from ..rule import Fault, Rule
from ..schema import Schema

rule = Rule(__name__, level=Level.ERROR, about=Difference)


@rule
def check(difference: Difference, schema: Schema) -> Iterator[Fault]:
    """Tell what is expected and not made."""
    if difference.kind == "missing":
        holder = difference.at if difference.at and difference.at.file in schema.files else None
        yield Fault(
            difference.location,
            f"{named(difference)} is expected, but nothing makes it",
            remedy=f"Make it in a migration, or take it out of {stated_in(difference)}",
            related=(Related(holder, "what it belongs to is made here"),) if holder else (),
            object=difference.key,
        )
