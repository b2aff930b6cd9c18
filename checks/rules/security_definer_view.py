"""A view that the API serves reads with the rights of its owner, not of whoever asks.

Views do, unless ``security_invoker`` is on (PostgreSQL 15). On Supabase the owner is ``postgres``, which
bypasses row level security: what a policy hides in the table, the view shows.

Found is what the Advisor finds (splinter 0010): views in a schema that the API serves, SELECT on which is
held by ``anon`` or ``authenticated``. Materialized views are another rule's.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...schema.objects.view import View
from ..finding import Level
from ..rule import Fault, Rule
from ..schema import RESERVED_SCHEMAS, Schema

rule = Rule(__name__, level=Level.ERROR, about=View, splinter="0010_security_definer_view")


@rule
def check(view: View, schema: Schema) -> Iterator[Fault]:
    """Ask for security_invoker on each view that a client role can read."""
    if view.relation_kind != "view" or view.schema in RESERVED_SCHEMAS:
        return
    if not view.knows("options") or view.security_invoker:
        return
    if readers := schema.served(view):
        past = [step for _, way in schema.bypassed(view) for step in way]
        yield Fault(
            view,
            f"{view.identity} reads with the rights of its owner {view.owner}, not of whoever asks",
            why=(
                *schema.way(view, {role: ["select"] for role in readers}),
                *(dict.fromkeys(past) or [f"security_invoker is off: row level security asks {view.owner}"]),
            ),
            remedy="Let it read with the rights of whoever asks (who then needs SELECT on what it reads):",
            sql=f"alter view {view.identity} set (security_invoker = on);",
            cache_keys=(f"security_definer_view_{view.schema}_{view.name}",),
        )
