"""A table has no primary key.

Rows cannot be told apart: the API cannot upsert or address one, logical replication cannot pass on changes,
and the Table Editor cannot edit.

Found is what the Advisor finds (splinter 0004): ordinary tables; partitioned ones are not looked at.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...schema.objects.table import Table
from ..finding import Level
from ..rule import Fault, Rule
from ..schema import Schema
from ..topic import Topic

rule = Rule(__name__, level=Level.INFO, about=Table, splinter="0004_no_primary_key", topic=Topic.PERFORMANCE)


@rule
def check(table: Table, schema: Schema) -> Iterator[Fault]:
    """Look for a primary key."""
    if not schema.advised(table) or not table.knows("constraints") or not table.knows("indexes"):
        return
    if any(constraint.type == "primary_key" for constraint in schema.constraints(table)):
        return
    has_id = any(column.name == "id" for column in schema.columns(table))
    yield Fault(
        table,
        f"{table.identity} has no primary key",
        remedy="Add one, if its id is unique and never null:" if has_id else "Add one, for instance over a new column:",
        sql=f"alter table {table.identity} add primary key (id);"
        if has_id
        else f"alter table {table.identity} add column id bigint generated always as identity primary key;",
        cache_keys=(f"no_primary_key_{table.schema}_{table.name}",),
    )
