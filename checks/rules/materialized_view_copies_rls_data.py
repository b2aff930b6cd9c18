"""A materialized view that the API serves holds rows that row level security hides in their table.

It is filled with the rights of its owner, and a materialized view has no policies: whoever may read it reads what was
copied, of all users.

Found are materialized views that ``anon`` or ``authenticated`` reach, over tables whose row level security their owner
goes past, through whatever chain of views. Totals over all rows may be meant for everybody: then say so in a
suppression.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...schema.objects.view import View
from ..finding import Level
from ..rule import Fault, Rule
from ..schema import RESERVED_SCHEMAS, Schema
from ..words import listed

rule = Rule(__name__, level=Level.WARN, about=View)


@rule
def check(view: View, schema: Schema) -> Iterator[Fault]:
    """Look at what each materialized view was filled from."""
    if view.relation_kind != "materialized" or view.schema in RESERVED_SCHEMAS or not view.knows("owner"):
        return
    copied = [(table, steps) for table, steps in schema.bypassed(view) if table.row_security]
    way = schema.reach(view) if copied else None
    if way is not None:
        tables = dict.fromkeys(table.identity for table, _ in copied)
        yield Fault(
            view,
            f"{view.identity} holds a copy of rows of {listed(tables)}, which row level security hides",
            why=(*way.why, *dict.fromkeys(step for _, steps in copied for step in steps)),
            remedy="Take it from the client roles (and serve what each may see by a function or a view over it):",
            sql=f"revoke all on {view.identity} from public, anon, authenticated;",
            related=way.related,
        )
