"""Two policies of a table say the same: for the same command and roles, with the same expressions.

One of them decides nothing, and is asked for every row all the same. Who later narrows one of them wonders why
nothing changes: permissive policies are added to each other.

Found are policies alike in everything but the name.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from ...schema.expression import normal_text
from ...schema.names import quote_ident
from ...schema.objects.policy import Policy
from ..finding import Level, Related
from ..rule import Fault, Rule
from ..schema import Schema

rule = Rule(__name__, level=Level.WARN, about=Policy)

_FACTS = ("command", "permissive", "roles", "using", "check")


@rule
def check(policy: Policy, schema: Schema) -> Iterator[Fault]:
    """Look for policies that say what an earlier one says: all those of a table, with the first of them."""
    every = schema.policies_made[policy.table]
    if every[0] is not policy or len({(each.command, each.permissive, each.roles) for each in every}) == len(every):
        return
    alike: dict[tuple[object, ...], list[Policy]] = {}
    for each in every:
        if all(map(each.knows, _FACTS)):
            alike.setdefault((each.command, each.permissive, each.roles), []).append(each)
    for policies in alike.values():
        first: dict[tuple[str | None, str | None], Policy] = {}
        for each in policies if len(policies) > 1 else ():
            other = first.setdefault((_meaning(each.using), _meaning(each.check)), each)
            if other is not each:
                yield _fault(each, other, schema)


@lru_cache(maxsize=1024)
def _meaning(text: str | None) -> str | None:
    return None if text is None else normal_text(text)


def _fault(policy: Policy, other: Policy, schema: Schema) -> Fault:
    place = schema.place(other)
    return Fault(
        policy,
        f'policy "{policy.name}" on {policy.table} says the same as "{other.name}"',
        remedy="Drop one of them:",
        sql=f"drop policy {quote_ident(policy.name)} on {policy.table};",
        related=(Related(place, f'"{other.name}" says it already'),) if place else (),
    )
