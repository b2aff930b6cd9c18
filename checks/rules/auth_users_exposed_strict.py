"""A view that the API serves shows ``auth.users`` through another view.

E-mail addresses, phone numbers and metadata of all users are then a query away, though the view that is asked
does not name the table.

Found is what ``auth_users_exposed`` leaves out: chains of views, wherever those between stand, at whose end
``auth.users`` is read with the rights of an owner, or was copied by a materialized view. A view that reads the
table itself is the other rule's.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...schema.objects.view import View
from ..finding import Level
from ..reach import Path, past, paths, view_steps
from ..rule import Fault, Rule
from ..schema import CLIENT_ROLES, Schema
from ..topic import Topic

rule = Rule(__name__, level=Level.WARN, about=View, topic=Topic.AUTH)

_USERS = "auth.users"


@rule
def check(view: View, schema: Schema) -> Iterator[Fault]:
    """Follow each view to where its rows come from."""
    if not schema.exposed(view.schema) or any(each.identity == _USERS for each in schema.reads(view)):
        return
    chain = next((each for each in paths(schema, view) if each.table.identity == _USERS and past(schema, each)), None)
    if chain is None or not all(each.knows("options") for each in chain.views):
        return
    way = schema.reach(view, _askers(chain, schema))
    if way is not None:
        steps = view_steps(schema, chain)
        yield Fault(
            view,
            f"{view.identity} shows auth.users through {chain.views[1].identity}",
            why=(*way.why, *(step.text for step in steps)),
            related=way.related,
            remedy="Keep what clients may see of a user in a table of your own with policies; until then:",
            sql=f"revoke all on {view.identity} from anon, authenticated;",
        )


def _askers(chain: Path, schema: Schema) -> tuple[str, ...]:
    """The client roles that may ask what is below each view that asks with the rights of whoever asks."""
    roles: tuple[str, ...] = CLIENT_ROLES
    for view, below in zip(chain.views, chain.views[1:], strict=False):
        if view.relation_kind != "view" or not view.security_invoker:
            break
        roles = schema.holders(below, "select", roles)
    return roles
