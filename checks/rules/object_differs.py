"""An object is made otherwise than schema.yaml states.

Every attribute is compared as PostgreSQL understands it: types by their own names, expressions in a normal
form.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...schema.difference import Difference
from ..expectation import attribute, mending, named, places, stated_in, together, value
from ..finding import Level
from ..rule import Fault, Rule
from ..schema import Schema

rule = Rule(__name__, level=Level.ERROR, about=Difference)


@rule
def check(difference: Difference, schema: Schema) -> Iterator[Fault]:
    """Tell both values."""
    found = together(difference, schema) if difference.kind == "differs" else ()
    if not found:
        return
    at, related = places(difference, schema, "this is what is stated")
    why: tuple[str, ...]
    if len(found) == 1:
        why = (f"expected: {value(difference.expected)}", f"made: {value(difference.actual)}")
    else:
        why = tuple(f"{attribute(each)}: {value(each.expected)} expected, {value(each.actual)} made" for each in found)
    sql = mending(found)
    yield Fault(
        at,
        f"{named(difference)} differs in {'its grants' if len(found) > 1 else attribute(difference)}",
        why=why,
        remedy=f"Change it in a new migration, or mend {stated_in(difference)}" + (":" if sql else ""),
        sql=sql,
        related=related,
        object=difference.key,
    )
