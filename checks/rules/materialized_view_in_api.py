"""A materialized view can be read through the API.

It holds a copy of what its owner saw when it was refreshed, and has no row level security of its own: every
row is for everybody who may read it.

Found is what the Advisor finds (splinter 0016): materialized views in a schema that the API serves, SELECT
on which is held by ``anon`` or ``authenticated``.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...schema.objects.view import View
from ..finding import Level
from ..rule import Fault, Rule
from ..schema import RESERVED_SCHEMAS, Schema

rule = Rule(__name__, level=Level.WARN, about=View, splinter="0016_materialized_view_in_api")


@rule
def check(view: View, schema: Schema) -> Iterator[Fault]:
    """Look for materialized views that a client role can read."""
    if view.relation_kind != "materialized" or view.schema in RESERVED_SCHEMAS:
        return
    if readers := schema.served(view):
        yield Fault(
            view,
            f"materialized view {view.identity} is served by the API, and no policy can be put on it",
            why=schema.way(view, {role: ["select"] for role in readers}),
            remedy="Take it away from the clients, and let a function or an invoker view hand out what they may see:",
            sql=f"revoke all on {view.identity} from anon, authenticated;",
            cache_keys=(f"materialized_view_in_api_{view.schema}_{view.name}",),
        )
