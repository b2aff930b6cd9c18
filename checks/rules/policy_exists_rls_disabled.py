"""A table has policies, but row level security is switched off, so none of them is asked.

Somebody meant to protect the table. As it is, every role that holds a privilege on it uses it on all rows.

Found is what the Advisor finds (splinter 0007): ordinary tables, whether the API serves them or not.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...schema.objects.table import Table
from ..finding import Level, Related
from ..rule import Fault, Rule
from ..schema import Schema
from ..words import counted, listed

rule = Rule(__name__, level=Level.ERROR, about=Table, splinter="0007_policy_exists_rls_disabled")


@rule
def check(table: Table, schema: Schema) -> Iterator[Fault]:
    """Look for policies that are not asked."""
    if not schema.advised(table) or not table.knows("row_security") or table.row_security:
        return
    if policies := schema.policies(table):
        names = listed(f'"{policy.name}"' for policy in policies)
        yield Fault(
            table,
            f"{table.identity} has {counted(len(policies), 'policy', 'policies')} ({names}), "
            "but its row level security is off",
            remedy="Switch it on; the policies count from then on:",
            sql=f"alter table {table.identity} enable row level security;",
            related=tuple(
                Related(place, f'policy "{policy.name}" is not asked')
                for policy in policies
                if (place := schema.place(policy))
            ),
            cache_keys=(f"policy_exists_rls_disabled_{table.schema}_{table.name}",),
        )
