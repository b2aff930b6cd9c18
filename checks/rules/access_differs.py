"""A role may get at other rows of a table than ``access`` in schema.yaml states.

Compared is the cell of the access matrix (``schema access``) for that table, role and command: the widest that
the role's own statement gets at, views with their owner's rights included. What makes it so, grant by grant and
policy by policy, is the finding's why.

A cell that rests on an unknown fact is never a pass: it is told by object_undecided. So is a ``none`` or ``own``
beside a security-definer function that the role may execute and that does the same to the table, unless it gives
nothing but true or false: what such a function lets through is its own to decide.

Not found is what constraints and triggers of the table refuse, nor what the API does not serve.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...schema.spec import Target
from ..finding import Level
from ..rule import Fault, Rule
from ..schema import Schema
from ..words import listed

rule = Rule(__name__, level=Level.ERROR, about=Target)


@rule
def check(target: Target, schema: Schema) -> Iterator[Fault]:
    """Tell what is not as stated, with both values: one finding for commands that are alike."""
    if not schema.project.spec.access:
        return
    from ..matrix.stated import unmet

    for stated in unmet(schema):
        if not stated.decided:
            continue
        if not stated.cells:
            yield Fault(
                stated.location,
                f"access is stated of {stated.table}, but {stated.problem}",
                remedy="Mend the name in schema.yaml, or make it in a new migration",
                object=("table", stated.table),
            )
            continue
        rows = f"{stated.found} of {stated.table}'s rows"
        yield Fault(
            stated.location,
            f"{stated.role} may {listed(stated.commands)} {rows}, not {stated.expected}",
            why=(f"expected: {stated.expected}", f"made: {stated.found}", *stated.why),
            remedy="Change grants or policies in a new migration, or mend schema.yaml",
            related=stated.related(schema),
            object=("table", stated.table),
        )
