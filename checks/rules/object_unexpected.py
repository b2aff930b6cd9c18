"""Something is there that schema.yaml rules out: not listed under ``exact: true``, or listed in ``absent``.

A policy or a grant that was left over is how rows get out.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...schema.difference import Difference
from ..expectation import named, places, stated_in
from ..finding import Level
from ..rule import Fault, Rule
from ..schema import Schema

rule = Rule(__name__, level=Level.ERROR, about=Difference)


@rule
def check(difference: Difference, schema: Schema) -> Iterator[Fault]:
    """Tell what should not be there."""
    if difference.kind == "unexpected":
        at, related = places(difference, schema, "it is ruled out here")
        yield Fault(
            at,
            f"{named(difference)} is made, but it is not expected",
            remedy=f"Drop it in a new migration, or add it to {stated_in(difference)}",
            related=related,
            object=difference.key,
        )
