"""Two policies of a table say the same: for the same command and roles, with the same expressions.

One of them decides nothing, and is asked for every row all the same. Who later narrows one of them wonders why
nothing changes: permissive policies are added to each other.

Found are policies alike in everything but the name.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...schema.names import quote_ident
from ...schema.objects.policy import Policy
from ..finding import Level, Related
from ..rule import Fault, Rule
from ..schema import Schema

rule = Rule(__name__, level=Level.WARN, about=Policy)

_FACTS = ("command", "permissive", "roles", "using", "check")


@rule
def check(policy: Policy, schema: Schema) -> Iterator[Fault]:
    """Look for an earlier policy that says the same."""
    if not all(map(policy.knows, _FACTS)):
        return
    for other in schema.catalog.children(policy.table, Policy):
        if other.name == policy.name:
            return  # those that follow are told of themselves
        same = (other.command, other.permissive, other.roles) == (policy.command, policy.permissive, policy.roles)
        if same and all(map(other.knows, _FACTS)) and all(policy.likeness(other, each).same for each in _FACTS):
            place = schema.place(other)
            yield Fault(
                policy,
                f'policy "{policy.name}" on {policy.table} says the same as "{other.name}"',
                remedy="Drop one of them:",
                sql=f"drop policy {quote_ident(policy.name)} on {policy.table};",
                related=(Related(place, f'"{other.name}" says it already'),) if place else (),
            )
            return
