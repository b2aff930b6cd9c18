"""A policy looks up what somebody may do in a table that everybody may write: whoever wants to, lets themselves in.

The table of members, roles or settings that a sub-select asks has row level security off, and ``anon`` or
``authenticated`` may insert or change its rows through the API. One request makes an admin.

Found are tables that the expressions of a policy name themselves. Those that a function reads, and those that clients
may only read, are not.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...schema.objects.policy import Policy
from ...schema.objects.table import Table
from ..conditions.recursion import named_in
from ..finding import Level, Related
from ..rule import Fault, Rule
from ..schema import CLIENT_ROLES, WRITES, Schema
from ..topic import Topic
from ..words import counted, listed

_SHOWN = 5  # policies whose place is told

rule = Rule(__name__, level=Level.WARN, about=Table, topic=Topic.POLICIES)


@rule
def check(table: Table, schema: Schema) -> Iterator[Fault]:
    """Ask of each table that clients write freely, which policies ask it."""
    if table.origin == "platform" or not table.knows("row_security") or table.row_security:
        return
    policies = [each for each in _asking(table, schema) if _decides(each, table, schema)]
    way = schema.reach(table, CLIENT_ROLES, WRITES) if policies else None
    if way is not None:
        first = policies[0]
        others = f" and {counted(len(policies) - 1, 'more policy', 'more policies')}" if len(policies) > 1 else ""
        places = [(each, place) for each in policies if (place := schema.place(each))]
        yield Fault(
            table,
            f"{table.identity}, which {listed(way.roles)} may write, decides who passes policy "
            f'"{first.name}" on {first.table}{others}',
            why=(*way.why, f"row level security of {table.identity} is off: no policy limits what is written"),
            remedy="Switch it on, with a policy for whoever may read or change it:",
            sql=f"alter table {table.identity} enable row level security;",
            related=tuple(Related(place, f'"{each.name}" asks {table.identity}') for each, place in places[:_SHOWN]),
        )


def _asking(table: Table, schema: Schema) -> list[Policy]:
    """The policies that depend on the table or on one of its columns."""
    keys = (table.key, *(each.key for each in schema.columns(table)))
    found = (each for key in keys for each in schema.catalog.dependents(key))
    return list({each.identity: each for each in found if isinstance(each, Policy)}.values())


def _decides(policy: Policy, table: Table, schema: Schema) -> bool:
    """Whether a policy that is asked reads the table in a sub-select."""
    guarded = schema.table_of(policy)
    if guarded is None or not guarded.row_security or not policy.permissive or policy.table == table.identity:
        return False
    texts = [text for each, text in (("using", policy.using), ("check", policy.check)) if text and policy.knows(each)]
    return any(table.identity in named_in(text) for text in texts)
