"""A foreign key points at a unique column of the schema ``auth`` that is no primary key.

The platform changes its keys with the service that owns the schema; a foreign key that needs one of them
stops the change, and with it the upgrade of the project.

Found is what the Advisor finds (splinter 0021): foreign keys to a table of ``auth`` through a unique index
that is not the primary key's. Referring to ``auth.users (id)`` is right.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...schema.names import quote_ident
from ...schema.objects.constraint import Constraint
from ...schema.objects.table import Table
from ..finding import Level
from ..rule import Fault, Rule
from ..schema import Schema
from ..topic import Topic

rule = Rule(__name__, level=Level.ERROR, about=Constraint, splinter="0021_fkey_to_auth_unique", topic=Topic.AUTH)


@rule
def check(constraint: Constraint, schema: Schema) -> Iterator[Fault]:
    """Ask each foreign key to ``auth`` which key it needs."""
    if constraint.type != "foreign_key" or not (constraint.references or "").startswith("auth."):
        return
    table = schema.table_of(constraint)
    target = schema.catalog.get(Table, constraint.references or "")
    if table is None or target is None or not constraint.referenced_columns or not constraint.knows("definition"):
        return
    primary = next((each for each in schema.constraints(target) if each.type == "primary_key"), None)
    if primary is None or set(primary.columns) == set(constraint.referenced_columns):
        return
    columns = ", ".join(map(quote_ident, constraint.referenced_columns))
    yield Fault(
        constraint,
        f'foreign key "{constraint.name}" of {table.identity} refers to {target.identity} ({columns}), '
        "which is not its primary key",
        why=("the platform changes unique keys of its own tables; the primary key stays",),
        remedy=f"Refer to {target.identity} ({', '.join(map(quote_ident, primary.columns))}) instead:",
        sql=f"alter table {table.identity} drop constraint {quote_ident(constraint.name)};",
        cache_keys=(f"fkey_to_auth_unique_{table.schema}_{table.name}_{constraint.name}",),
    )
