"""A table that the API serves was made as a copy of a table of ``auth``.

CREATE TABLE ... AS and SELECT INTO take the rows, and nothing of what protected them: the new table has no policies
and row level security off. E-mail addresses, phone numbers and tokens are then a query away.

Found are copies that name a table of schema ``auth`` in their query, that ``anon`` or ``authenticated`` reach, and
whose row level security is off. A copy through a view, or by INSERT ... SELECT, is not.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...schema.objects.table import Table
from ...schema.source import Statement
from ..conditions.expressions import nodes
from ..finding import Level
from ..rule import Fault, Rule
from ..schema import CLIENT_ROLES, COMMANDS, Schema
from ..topic import Topic
from ..words import listed

rule = Rule(__name__, level=Level.ERROR, about=Statement, kinds=("CreateTableAsStmt", "SelectStmt"), topic=Topic.AUTH)


@rule
def check(statement: Statement, schema: Schema) -> Iterator[Fault]:
    """Look for tables that are made of what a query of auth gives."""
    if b"auth" not in statement.source.data[statement.start : statement.end]:
        return
    into = statement.node.get("into") or statement.node.get("intoClause")
    if not into or statement.node.get("objtype", "OBJECT_TABLE") != "OBJECT_TABLE":
        return
    copied = {
        f"auth.{node['relname']}"
        for name, node in nodes({"SelectStmt": statement.node})
        if name == "RangeVar" and node.get("schemaname") == "auth"
    }
    name = into["rel"]["relname"]
    made = (t for t in schema.catalog.of(Table) if t.made_at == statement.location and t.name == name)
    table = next(made, None) if copied else None
    if table is None or not table.knows("row_security") or table.row_security:
        return
    if way := schema.reach(table, CLIENT_ROLES, COMMANDS):
        yield Fault(
            table,
            f"{table.identity} is a copy of {listed(sorted(copied))} that whoever has the public key may read",
            why=(*way.why, f"row level security of {table.identity} is off, as of every table that is made of a query"),
            remedy="Keep what clients may see of a user in a table of your own with policies; until then:",
            sql=f"alter table {table.identity} enable row level security;",
            at=statement.location,
        )
