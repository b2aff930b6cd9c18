"""Something is given to a role of the platform's, or the session is to become one: refused with 42501.

OWNER TO and SET ROLE need a member of the role, and ``postgres`` is none of ``supabase_admin`` or of the services'
roles. Dumps of a whole project hold such lines: what they make belongs to ``postgres``, and the line can go.

OWNER TO ``postgres``, and SET ROLE ``anon``, ``authenticated`` or ``service_role``, are fine. Not found is what a DO
block makes of a text.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...schema.source import Statement
from ..finding import Level
from ..platform import closed_roles, role_of
from ..rule import Fault, Rule
from ..schema import Schema
from ..topic import Topic

_KINDS = {  # and the word by which they say that they are about a role
    "AlterOwnerStmt": b"owner",
    "AlterTableStmt": b"owner",
    "CreateSchemaStmt": b"authorization",
    "ReassignOwnedStmt": b"owned",
    "VariableSetStmt": b"role",
}

rule = Rule(__name__, level=Level.ERROR, about=Statement, kinds=_KINDS, topic=Topic.EXTENSIONS)


@rule
def check(statement: Statement, schema: Schema) -> Iterator[Fault]:
    """Look for owners, and roles of the session, that are closed to postgres."""
    if not statement.says(_KINDS[statement.kind]):
        return
    closed = closed_roles(schema)
    data = statement.source.data
    if not any(data.find(role.encode(), statement.start, statement.end) >= 0 for role in closed):
        return
    for role in _roles(statement.kind, statement.node):
        if role in closed:
            what = "may not become" if statement.kind == "VariableSetStmt" else "may not give anything to"
            yield Fault(
                statement,
                f"the platform refuses this: postgres {what} {role} (42501)",
                why=(f"postgres is no member of {role}",),
                remedy="Leave it out: what a migration makes belongs to postgres, which serves",
            )
            return


def _roles(kind: str, node: dict[str, Any]) -> Iterator[str]:
    """The roles that a statement gives something to, or becomes."""
    if kind == "AlterOwnerStmt":
        yield role_of(node.get("newowner", {}))
    elif kind == "AlterTableStmt":
        for each in node.get("cmds", ()):
            if each["AlterTableCmd"]["subtype"] == "AT_ChangeOwner":
                yield role_of(each["AlterTableCmd"].get("newowner", {}))
    elif kind == "CreateSchemaStmt":
        yield role_of(node.get("authrole", {}))
    elif kind == "ReassignOwnedStmt":
        yield role_of(node.get("newrole", {}))
    elif node.get("name") == "role" and node.get("kind") == "VAR_SET_VALUE":
        for each in node.get("args", ()):
            yield str(each.get("A_Const", {}).get("sval", {}).get("sval", ""))
