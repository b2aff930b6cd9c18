"""A view with ``security_invoker`` reads another view that has it not, and so goes past row level security after all.

The option holds for the relations that the view itself names. The view below reads with the rights of its own owner,
on Supabase ``postgres``, who bypasses row level security: what a policy hides, the chain shows.

Found are views that ``anon`` or ``authenticated`` reach, where they may read the view below as well; else the query
ends in 42501. Chains through materialized views are not.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...schema.objects.view import View
from ..finding import Level
from ..reach import past, paths, view_steps
from ..rule import Fault, Rule
from ..schema import RESERVED_SCHEMAS, Schema
from ..words import listed

rule = Rule(__name__, level=Level.WARN, about=View)


@rule
def check(view: View, schema: Schema) -> Iterator[Fault]:
    """Follow each view that asks as whoever asks down to its tables."""
    if view.schema in RESERVED_SCHEMAS or not view.knows("options") or not view.security_invoker:
        return
    chains = [each for each in paths(schema, view) if len(each.views) > 1 and past(schema, each)]
    way = schema.reach(view) if chains else None
    if way is None:
        return
    below: dict[str, View] = {}
    tables: dict[str, None] = {}
    steps: dict[str, None] = {}
    for chain in chains:
        at = next((number for number, each in enumerate(chain.views) if not each.security_invoker), None)
        if at is None or any(each.relation_kind != "view" or not each.knows("options") for each in chain.views):
            continue
        if not any(all(schema.holds(role, each, "select") for each in chain.views[: at + 1]) for role in way.roles):
            continue
        below[chain.views[at].identity] = chain.views[at]
        tables[chain.table.identity] = None
        steps.update(dict.fromkeys(step.text for step in view_steps(schema, chain)))
    if below:
        yield Fault(
            view,
            f"{view.identity} has security_invoker on, but reads {listed(tables)} through {listed(below)}, "
            f"which {'has' if len(below) == 1 else 'have'} it off",
            why=(*way.why, *steps),
            remedy="Switch it on there too (whoever asks then needs SELECT on what is below):",
            sql="\n".join(f"alter view {each.identity} set (security_invoker = on);" for each in below.values()),
            related=way.related,
        )
