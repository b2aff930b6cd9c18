"""A table without row level security is open to clients in a way that the Advisor does not look at.

Whoever has the project's URL and its public key gets at every row.

Found is what ``rls_disabled_in_public`` leaves out: partitioned tables (reading one asks none of its partitions'
policies), tables that clients may write to without reading them, and tables of which they hold some columns
alone. A partition, and a table that can be read whole, is the other rule's.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...schema.objects.table import Table
from ..finding import Level
from ..rule import Fault, Rule
from ..schema import COMMANDS, RESERVED_SCHEMAS, Schema
from ..words import listed

rule = Rule(__name__, level=Level.WARN, about=Table)


@rule
def check(table: Table, schema: Schema) -> Iterator[Fault]:
    """Ask by which way clients reach each table that nothing protects."""
    if not table.knows("row_security") or table.row_security or table.schema in RESERVED_SCHEMAS:
        return
    if table.relation_kind not in {"table", "partitioned"} or table.persistence == "temporary":
        return
    if table.relation_kind == "table" and schema.served(table):
        return
    way = schema.reach(table, privileges=COMMANDS)
    if way is None:
        return
    may = listed(way.commands)
    what = "partitioned table " if table.relation_kind == "partitioned" else ""
    yield Fault(
        table,
        f"{what}{table.identity} lets {listed(way.roles)} {may}, and its row level security is off",
        why=way.why,
        related=way.related,
        remedy="Switch it on, then add a policy for each role that is to see or change rows:",
        sql=f"alter table {table.identity} enable row level security;",
    )
