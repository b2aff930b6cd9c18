"""A table that inherits from a table with row level security has it off itself.

INHERITS passes columns and checks on, not policies. A query of the parent sees the child's rows through the parent's
policies; a query of the child itself, which the API serves under its own name, asks nobody.

Found are children that ``anon`` or ``authenticated`` reach themselves. Partitions are another rule's.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...schema.objects.table import Table
from ..finding import Level
from ..inheritance import unprotected
from ..rule import Fault, Rule
from ..schema import Schema

rule = Rule(__name__, level=Level.WARN, about=Table)


@rule
def check(table: Table, schema: Schema) -> Iterator[Fault]:
    """Look at each child of a protected table."""
    if table.inherits and table.knows("inherits") and not table.partition_of:
        yield from unprotected(table, table.inherits, "child", schema)
