"""A view or materialized view that the API serves reads ``auth.users``.

E-mail addresses, phone numbers and metadata of all users are then a query away.

Found is what the Advisor finds (splinter 0002): views in a schema that the API serves, readable for
``anon`` or ``authenticated``, that read ``auth.users`` themselves: with their owner's rights, or
materialized. A view over such a view is not found; the view below it is. A view whose own query does not read
the table, but one of its rules (CREATE RULE), is in the Advisor's list and not here.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...schema.objects.table import Table
from ...schema.objects.view import View
from ..finding import Level
from ..rule import Fault, Rule
from ..schema import Schema
from ..topic import Topic

rule = Rule(__name__, level=Level.ERROR, about=View, splinter="0002_auth_users_exposed", topic=Topic.AUTH)


@rule
def check(view: View, schema: Schema) -> Iterator[Fault]:
    """Look for views that show the users."""
    users = next((each for each in schema.reads(view) if each.identity == "auth.users"), None)
    if not isinstance(users, Table) or not view.knows("options"):
        return
    materialized = view.relation_kind == "materialized"
    if not materialized and view.security_invoker and (users.row_security or not users.knows("row_security")):
        return
    if readers := schema.served(view):
        how = "holds a copy of what it read in" if materialized else f"reads, with the rights of {view.owner},"
        yield Fault(
            view,
            f"{view.identity} shows auth.users to whoever may read it",
            why=(*schema.way(view, {role: ["select"] for role in readers}), f"{view.identity} {how} auth.users"),
            remedy="Keep what clients may see of a user in a table of your own with policies; until then:",
            sql=f"revoke all on {view.identity} from anon, authenticated;",
            cache_keys=(f"auth_users_exposed_{view.schema}_{view.name}",),
        )
