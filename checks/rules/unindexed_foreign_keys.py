"""A foreign key has no index on its own columns.

Each DELETE or key change in the referenced table then scans this one, and so do joins along the key.

Found is what the Advisor finds (splinter 0001): keys whose columns are not, in their order, the first ones
of a valid index. It takes a partial index for one, too. A key that refers to a partitioned table is a row for each
of its partitions as well; where one of those was dropped, the numbers in their names are others than here.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count, islice

from ...schema.names import quote_ident
from ...schema.objects.constraint import Constraint
from ...schema.objects.names_given import joined, object_name
from ...schema.objects.table import Table
from ..finding import Level
from ..rule import Fault, Rule
from ..schema import RESERVED_SCHEMAS, Schema
from ..topic import Topic

rule = Rule(
    __name__, level=Level.INFO, about=Constraint, splinter="0001_unindexed_foreign_keys", topic=Topic.PERFORMANCE
)

_NAMED_AFTER_THE_KEY = 18  # the major since which the copies of a key are called as it is


@rule
def check(constraint: Constraint, schema: Schema) -> Iterator[Fault]:
    """Look for an index that begins with the key's columns."""
    table = schema.table_of(constraint) if constraint.type == "foreign_key" else None
    if table is None or table.schema in RESERVED_SCHEMAS:
        return
    if table.persistence == "temporary" or not table.knows("indexes") or not constraint.knows("columns"):
        return
    key = constraint.columns
    indexes = schema.indexes(table)
    if any(not index.knows("columns") or not index.knows("valid") for index in indexes):
        return
    if any((*index.keys, *index.include)[: len(key)] == key for index in indexes if index.valid):
        return
    columns = ", ".join(map(quote_ident, key))
    yield Fault(
        constraint,
        f'foreign key "{constraint.name}" of {table.identity} has no index on ({columns})',
        remedy="Make one:",
        sql=f"create index on {table.identity} ({columns});",
        cache_keys=tuple(
            f"unindexed_foreign_keys_{quote_ident(table.schema)}_{table.name}_{name}"
            for name in (constraint.name, *_copies(constraint, table, schema))
        ),
    )


def _copies(constraint: Constraint, table: Table, schema: Schema) -> Iterator[str]:
    """The names of the copies that the server keeps of a key for each partition of what it refers to."""
    target = schema.catalog.get(Table, constraint.references or "")
    if target is None or target.relation_kind != "partitioned" or table.partition_of is not None:
        return
    if min(schema.target.postgres) >= _NAMED_AFTER_THE_KEY:
        names = (f"{constraint.name}_{number}" for number in count(1))
    else:
        columns = joined(constraint.columns)
        names = (object_name(table.name, columns, f"fkey{number or ''}") for number in count())
    taken = {each.name for each in schema.constraints(table)}
    yield from islice((name for name in names if name not in taken), len(_partitions(target, schema)))


def _partitions(table: Table, schema: Schema) -> list[Table]:
    """The partitions of a table, and theirs."""
    own = (each for each in schema.catalog.dependents(table.key) if isinstance(each, Table))
    found: list[Table] = []
    for each in own:
        if each.partition_of == table.identity:
            found += [each, *_partitions(each, schema)]
    return found
