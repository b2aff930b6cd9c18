"""Policies read their own table, or each other's, so every query of it fails with 42P17.

"infinite recursion detected in policy for relation": to know which rows may be seen the server asks the policy, whose
sub-select reads the table, whose policy it has to ask. It makes no difference which rows there are.

Found are rings of policies for SELECT (and ALL), through views with ``security_invoker`` too, for ``anon`` or
``authenticated``. A SECURITY DEFINER function in the place of the sub-select, or a view with its owner's rights, ends
the ring, and is the remedy. What functions with the caller's rights read is not followed.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...schema.objects.table import Table
from ..finding import Level, Related
from ..rule import Fault, Rule
from ..schema import Schema
from ..topic import Topic
from ..words import listed

rule = Rule(__name__, level=Level.ERROR, about=Table, topic=Topic.POLICIES)


@rule
def check(table: Table, schema: Schema) -> Iterator[Fault]:
    """Tell of the ring that begins at the table."""
    cycle = schema.recursions.get(table.identity)
    if cycle is None:
        return
    steps = [
        f'policy "{policy.name}" on {here} reads {there}'
        for policy, here, there in zip(cycle.policies, cycle.tables, (*cycle.tables[1:], cycle.tables[0]), strict=True)
    ]
    places = [(policy.name, place) for policy in cycle.policies if (place := schema.place(policy))]
    yield Fault(
        table,
        f"every query of {listed(sorted(cycle.tables))} as {listed(cycle.roles)} fails: {'; '.join(steps)}",
        why=(f'42P17: infinite recursion detected in policy for relation "{table.name}"',),
        remedy="Put the sub-select into a SECURITY DEFINER function in a schema that the API does not serve, "
        "and call that in the policy",
        related=tuple(Related(place, f'policy "{name}" is part of the ring') for name, place in places),
        at=places[0][1] if places else None,
    )
