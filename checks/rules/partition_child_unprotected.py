"""A partition has row level security off, though the table it is a partition of has it on.

The policies of the partitioned table are asked for queries of that table only. A partition is a table of its own:
the API serves it under its own name, and there nobody asks.

Found are partitions that ``anon`` or ``authenticated`` reach themselves, at whatever depth. Those in a schema that
the API does not serve, or whose privileges were revoked, are not.
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
    """Look at each partition of a protected table."""
    if table.partition_of and table.knows("partition_of"):
        yield from unprotected(table, (table.partition_of,), "partition", schema)
