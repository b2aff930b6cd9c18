"""A foreign table can be read through the API.

Row level security cannot be put on it: whoever may read it reads, with the credentials of the server that it
belongs to, whatever is there.

Found is what the Advisor finds (splinter 0017): foreign tables in a schema that the API serves, SELECT on
which is held by ``anon`` or ``authenticated``.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...schema.objects.table import Table
from ..finding import Level
from ..rule import Fault, Rule
from ..schema import RESERVED_SCHEMAS, Schema
from ..topic import Topic

rule = Rule(__name__, level=Level.WARN, about=Table, splinter="0017_foreign_table_in_api", topic=Topic.VIEWS)


@rule
def check(table: Table, schema: Schema) -> Iterator[Fault]:
    """Look for foreign tables that a client role can read."""
    if table.relation_kind != "foreign" or table.schema in RESERVED_SCHEMAS:
        return
    if readers := schema.served(table):
        yield Fault(
            table,
            f"foreign table {table.identity} is served by the API, and no policy can be put on it",
            why=schema.way(table, {role: ["select"] for role in readers}),
            remedy="Take it away from the clients (or move it to a schema that the API does not serve):",
            sql=f"revoke all on {table.identity} from anon, authenticated;",
            cache_keys=(f"foreign_table_in_api_{table.schema}_{table.name}",),
        )
