"""A role of the platform's is altered, dropped or given away, or one is to be a superuser: refused with 42501.

``postgres`` is no superuser on Supabase, and the roles that the services work as are reserved. Of ``anon``,
``authenticated``, ``service_role`` and ``authenticator`` the settings may be changed (ALTER ROLE ... SET), no more.

Not found is what PostgreSQL refuses anywhere, such as a role name that begins with ``pg_``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...schema.source import Statement
from ..finding import Level
from ..platform import API_ROLES, RESERVED_MEMBERSHIPS, closed_roles, role_of
from ..rule import Fault, Rule
from ..schema import Schema
from ..topic import Topic
from ..words import listed

_KINDS = ("AlterRoleSetStmt", "AlterRoleStmt", "CreateRoleStmt", "DropRoleStmt", "GrantRoleStmt", "RenameStmt")

rule = Rule(__name__, level=Level.ERROR, about=Statement, kinds=_KINDS, topic=Topic.EXTENSIONS)

# Attributes that only a superuser gives, as the grammar calls them
_RAISED = {"superuser": "SUPERUSER", "isreplication": "REPLICATION"}


@rule
def check(statement: Statement, schema: Schema) -> Iterator[Fault]:
    """Look at what is done to which role."""
    if schema.target.platform != "supabase":
        return
    what, remedy = _refused(statement.kind, statement.node, closed_roles(schema))
    if what:
        yield Fault(statement, f"the platform refuses this: {what} (42501)", remedy=remedy)


def _refused(kind: str, node: dict[str, Any], closed: frozenset[str]) -> tuple[str, str]:
    """What of a statement is refused, and what to do about it."""
    leave = "Leave it out: the role is the platform's, and as it has to be"
    if kind == "GrantRoleStmt":
        named = {str(each["AccessPriv"].get("priv_name", "")) for each in node["granted_roles"]}
        given = sorted(named & (closed | RESERVED_MEMBERSHIPS))
        if given and node.get("is_grant"):
            return f"nobody is made a member of {listed(given)}", "Grant what is needed to a role of your own"
        return "", ""
    raised = [_RAISED[name] for name in _given(node) if name in _RAISED] if kind != "AlterRoleSetStmt" else []
    if kind in {"CreateRoleStmt", "AlterRoleStmt"} and raised:
        return f"only a superuser makes a role {listed(raised)}", "Leave the attribute out"
    if kind == "DropRoleStmt":
        names = [role_of(each["RoleSpec"]) for each in node["roles"]]
    elif kind == "RenameStmt":
        names = [str(node.get("subname", ""))] if node.get("renameType") == "OBJECT_ROLE" else []
    else:
        names = [role_of(node.get("role", {}))] if kind != "CreateRoleStmt" else []
    mine = closed if kind == "AlterRoleSetStmt" else closed | API_ROLES
    refused = [name for name in names if name in mine]
    if not refused or "rolemembers" in _given(node):  # ALTER GROUP ... ADD USER is a grant
        return "", ""
    if set(refused) <= API_ROLES:
        return f"of {listed(refused)} the settings alone may be changed", leave
    return f"{listed(refused)} {'is' if len(refused) == 1 else 'are'} reserved", leave


def _given(node: dict[str, Any]) -> list[str]:
    """The attributes that CREATE or ALTER ROLE gives."""
    options = [each["DefElem"] for each in node.get("options", ())]
    return [each["defname"] for each in options if each.get("arg", {}).get("Boolean", {"boolval": True}).get("boolval")]
