"""A table has row level security switched on and no policy: nobody but the roles that bypass it gets a row.

For a table that only ``service_role`` uses that is right, and the finding can be suppressed with that reason.
Otherwise queries come back empty, without an error.

Found is what the Advisor finds (splinter 0008): ordinary tables without any policy, permissive or
restrictive.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...schema.objects.table import Table
from ..finding import Level
from ..rule import Fault, Rule
from ..schema import Schema

rule = Rule(__name__, level=Level.INFO, about=Table, splinter="0008_rls_enabled_no_policy")


@rule
def check(table: Table, schema: Schema) -> Iterator[Fault]:
    """Look for tables whose rows no policy gives to anybody."""
    if not schema.advised(table) or not table.knows("row_security") or not table.row_security:
        return
    if table.knows("policies") and not schema.policies(table):
        yield Fault(
            table,
            f"{table.identity} has row level security on, but no policy: only roles that bypass it see rows",
            remedy="Add a policy for each role that is to see rows, for instance:",
            example=True,
            sql=f'create policy "own rows" on {table.identity}\n'
            "  for select to authenticated using ((select auth.uid()) = user_id);",
            cache_keys=(f"rls_enabled_no_policy_{table.schema}_{table.name}",),
        )
