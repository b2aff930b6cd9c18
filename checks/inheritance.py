"""Tables under other tables: whose policies are asked, and whose are not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..schema.objects.table import Table
from .rule import Fault
from .schema import CLIENT_ROLES, COMMANDS

if TYPE_CHECKING:
    from .schema import Schema


def protected(schema: Schema, identities: tuple[str, ...]) -> Table | None:
    """The nearest of these tables, and of those above them, whose row level security is on."""
    todo, seen = list(identities), set(identities)
    while todo:
        table = schema.catalog.get(Table, todo.pop(0))
        if table is None:
            continue
        if table.knows("row_security") and table.row_security:
            return table
        above = [each for each in _above(table) if each not in seen]
        seen.update(above)
        todo += above
    return None


def _above(table: Table) -> tuple[str, ...]:
    return (*((table.partition_of,) if table.partition_of else ()), *table.inherits)


def unprotected(child: Table, parents: tuple[str, ...], kind: str, schema: Schema) -> Iterator[Fault]:
    """Tell of a table that clients reach past the policies of the table above it."""
    if not child.knows("row_security") or child.row_security or child.persistence == "temporary":
        return
    parent = protected(schema, parents)
    way = schema.reach(child, CLIENT_ROLES, COMMANDS) if parent else None
    if parent is None or way is None:
        return
    yield Fault(
        child,
        f"{child.identity}, a {kind} of {parent.identity}, has row level security off: "
        f"the policies of {parent.identity} are not asked where it is queried itself",
        why=(*way.why, f"the policies of {parent.identity} are asked for queries of {parent.identity} alone"),
        related=way.related,
        remedy=f"Switch it on; queries of {parent.identity} go on as before, {child.identity} itself is then closed:",
        sql=f"alter table {child.identity} enable row level security;",
    )
