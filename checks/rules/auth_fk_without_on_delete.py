"""A foreign key to ``auth.users`` keeps users from being deleted.

Without ON DELETE a row that refers to a user refuses the user's deletion: in the Dashboard and through
``auth.admin.deleteUser`` it ends in "Database error deleting user", and the request of somebody who wants to be
forgotten with it.

It may be meant, where the rows have to outlive the user: then SET NULL says so.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...schema.names import quote_ident
from ...schema.objects.constraint import Constraint
from ..finding import Level
from ..rule import Fault, Rule
from ..schema import RESERVED_SCHEMAS, Schema
from ..topic import Topic

rule = Rule(__name__, level=Level.INFO, about=Constraint, topic=Topic.AUTH)

_REFUSING = {"no action", "restrict"}


@rule
def check(constraint: Constraint, schema: Schema) -> Iterator[Fault]:
    """Look at what each foreign key to auth.users does when the user goes."""
    if constraint.type != "foreign_key" or constraint.references != "auth.users" or constraint.inherited:
        return
    table = schema.table_of(constraint)
    if table is None or table.schema in RESERVED_SCHEMAS or not constraint.knows("on_delete"):
        return
    if constraint.on_delete not in _REFUSING:
        return
    columns = [each for each in schema.columns(table) if each.name in constraint.columns]
    empties = bool(columns) and not any(each.not_null for each in columns)
    action = "set null" if empties else "cascade"
    name, on = quote_ident(constraint.name), ", ".join(map(quote_ident, constraint.columns))
    update = f" on update {constraint.on_update}" if constraint.on_update not in {None, "no action"} else ""
    later = " deferrable" if constraint.deferrable else ""
    later += " initially deferred" if constraint.deferred else ""
    target = ", ".join(map(quote_ident, constraint.referenced_columns or ("id",)))
    yield Fault(
        constraint,
        f'foreign key "{constraint.name}" of {table.identity}: a user with rows here cannot be deleted',
        why=(f"it is ON DELETE {str(constraint.on_delete).upper()}: the user stays while a row here refers to it",),
        remedy="Say what is to become of the rows when their user goes"
        + (", their column emptied:" if empties else ", here that they go with it:"),
        sql=f"alter table {table.identity} drop constraint {name},\n"
        f"  add constraint {name} foreign key ({on}) references auth.users ({target}){update}\n"
        f"  on delete {action}{later};",
    )
