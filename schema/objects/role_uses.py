"""What hangs on a role: what it owns, what it was granted, the policies that name it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from ..acl import NOTHING, names_role, owned, renamed, without_role
from ..catalog import Catalog, Key, Node, describe, executes
from ..meaning import resolve
from .default_privilege import DefaultPrivilege, default_privilege
from .policy import Policy
from .privilege import OBJECT_TYPES
from .role import Role

if TYPE_CHECKING:
    from ..source import Statement


def uses(catalog: Catalog, role: str) -> list[str]:
    """What keeps a role from being dropped, in the server's words."""
    found = []
    for obj in catalog:
        what = describe(obj.key)
        if getattr(obj, "owner", None) == role and obj.knows("owner"):
            found.append(f"owner of {what}")
        if names_role(getattr(obj, "acl", None) or NOTHING, role):
            found.append(f"privileges for {what}")
        if isinstance(obj, Policy) and role in obj.roles:
            found.append(f"target of {what}")
        if isinstance(obj, DefaultPrivilege) and role in {obj.for_role, obj.grantee}:
            found.append(f"privileges for default privileges {obj.identity}")
    return found


def rename_uses(catalog: Catalog, old: str, new: str) -> None:
    """Let everything that names a role name it anew."""
    for obj in list(catalog):
        held: Any = obj
        changes: dict[str, Any] = {}
        if getattr(obj, "owner", None) == old:
            changes["owner"] = new
        if names_role(getattr(obj, "acl", None) or NOTHING, old):
            changes["acl"] = renamed(held.acl, old, new)
        if isinstance(obj, Policy) and old in obj.roles:
            changes["roles"] = tuple(sorted(new if role == old else role for role in obj.roles))
        if isinstance(obj, Role) and old in obj.memberships:
            changes["memberships"] = tuple(sorted(new if role == old else role for role in obj.memberships))
        if isinstance(obj, DefaultPrivilege) and old in {obj.for_role, obj.grantee}:
            entry = default_privilege(
                new if obj.for_role == old else obj.for_role,
                obj.schema,
                obj.object_type,
                new if obj.grantee == old else obj.grantee,
                obj.privilege,
                grantable=obj.grantable,
                revoked=obj.revoked,
            )
            catalog.rename(obj.key, entry)
        elif changes:
            catalog.put(replace(held, **changes))
    for name in ("role", "session_role"):
        if getattr(catalog, name) == old:
            catalog.set_session(**{name: new})


@executes("ReassignOwnedStmt")
def reassign_owned(catalog: Catalog, node: Node, statement: Statement) -> None:
    """REASSIGN OWNED: all that the roles own is another's."""
    roles = {resolve.role(catalog, each["RoleSpec"]) for each in node["roles"]}
    new = resolve.role(catalog, node["newrole"])
    for obj in list(catalog):
        held: Any = obj
        if getattr(obj, "owner", None) in roles and obj.knows("owner"):
            changes: dict[str, Any] = {"owner": new}
            if type(obj) in OBJECT_TYPES:
                changes["acl"] = owned(held.acl, held.owner, new)
            catalog.put(replace(held, **changes))


@executes("DropOwnedStmt")
def drop_owned(catalog: Catalog, node: Node, statement: Statement) -> None:
    """DROP OWNED: what the roles own goes, and what they were granted; a policy for them alone goes too."""
    roles = {resolve.role(catalog, each["RoleSpec"]) for each in node["roles"]}
    doomed: list[Key] = []
    for obj in list(catalog):
        held: Any = obj
        if getattr(obj, "owner", None) in roles and obj.knows("owner"):
            doomed.append(obj.key)
            continue
        if isinstance(obj, DefaultPrivilege) and roles & {obj.for_role, obj.grantee}:
            doomed.append(obj.key)
        if isinstance(obj, Policy) and roles & {*obj.roles}:
            kept = tuple(role for role in obj.roles if role not in roles)
            if kept:
                catalog.put(replace(obj, roles=kept))
            else:
                doomed.append(obj.key)
        acl = getattr(obj, "acl", None)
        if acl and any(names_role(acl, role) for role in roles):
            catalog.put(replace(held, acl=without_role(acl, roles)))
    catalog.drop(doomed, cascade=node.get("behavior") == "DROP_CASCADE")
