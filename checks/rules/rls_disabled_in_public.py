"""A table that the API serves has row level security switched off.

Whoever has the project's URL and its public key reads every row, and changes what the grants allow: the
policies that may stand on the table are not asked.

Found is what the Advisor finds (splinter 0013): ordinary tables in a schema that the API serves, SELECT on
which is held by ``anon`` or ``authenticated``. Partitioned tables, and tables that can only be written to,
are not.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...schema.objects.table import Table
from ..finding import Level
from ..rule import Fault, Rule
from ..schema import COMMANDS, Schema

rule = Rule(__name__, level=Level.ERROR, about=Table, splinter="0013_rls_disabled_in_public")


@rule
def check(table: Table, schema: Schema) -> Iterator[Fault]:
    """Ask for row level security on each table that a client role can read."""
    if not schema.advised(table) or not table.knows("row_security") or table.row_security:
        return
    if readers := schema.served(table):
        held = {role: [p for p in COMMANDS if schema.holds(role, table, p)] for role in readers}
        yield Fault(
            table,
            f"{table.identity} is served by the API, but its row level security is off",
            why=schema.way(table, held),
            remedy="Switch it on, then add a policy for each role that is to see or change rows:",
            sql=f"alter table {table.identity} enable row level security;",
            cache_keys=(f"rls_disabled_in_public_{table.schema}_{table.name}",),
        )
