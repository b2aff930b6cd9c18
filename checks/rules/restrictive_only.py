"""A table has restrictive policies only, so nobody gets a row: a restrictive policy takes away, it never gives.

Row level security lets a role do what at least one *permissive* policy allows and no restrictive one forbids.
Without a permissive policy the second half decides nothing: every query of the API comes back empty, and every
INSERT is refused with 42501.

Not found is a table that has a permissive policy for one command or role and none for another, nor one whose
restrictive policies all say ``false``: whoever writes that means to keep everybody out.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...schema.objects.policy import Policy
from ...schema.objects.table import Table
from ..conditions.outcome import Outcome, outcome
from ..finding import Level, Related
from ..rule import Fault, Rule
from ..schema import Schema
from ..words import listed

rule = Rule(__name__, level=Level.WARN, about=Table)


@rule
def check(table: Table, schema: Schema) -> Iterator[Fault]:
    """Look for a permissive policy beside the restrictive ones."""
    if not table.knows("row_security") or not table.row_security or not table.knows("policies"):
        return
    policies = schema.policies(table)
    if not policies or any(policy.permissive or not policy.knows("permissive") for policy in policies):
        return
    if all(map(_denies, policies)):
        return
    names = listed(f'"{policy.name}"' for policy in policies)
    places = [(policy, place) for policy in policies if (place := schema.place(policy))]
    yield Fault(
        table,
        f"{table.identity} has restrictive policies only ({names}): nobody gets a row",
        why=("a restrictive policy takes rows away from what permissive policies give, and there is none",),
        remedy="Add a permissive policy that says who may see or change which rows, "
        "or make one of these permissive: drop it and create it again without AS RESTRICTIVE",
        related=tuple(Related(place, f'"{policy.name}" is restrictive') for policy, place in places),
    )


def _denies(policy: Policy) -> bool:
    """Whether a policy says that nobody shall get through."""
    texts = [text for text in (policy.using, policy.check) if text is not None]
    return bool(texts) and all(outcome(text, "authenticated") is Outcome.NEVER for text in texts)
