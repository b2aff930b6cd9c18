"""GRANT and REVOKE: they change the access lists that privileges are derived from."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from ..acl import MASKED, PRIVILEGES, PUBLIC, effective, granted, granted_by, merged, revoked
from ..catalog import Acl, Catalog, CatalogError, Node, Object, executes, string, strings
from ..meaning import resolve
from ..meaning.lookup import place_of
from ..names import quote_ident
from .column import Column
from .function import Function
from .privilege import OBJECT_TYPES, acts_as, owner_of
from .role import Role
from .schema import Schema
from .sequence import Sequence
from .table import Table
from .type import Type
from .view import View

if TYPE_CHECKING:
    from ..source import Statement

# Object type of the statement -> what acl.py calls it, and what the server's messages do
_TYPES = {
    "OBJECT_TABLE": ("tables", "relation"),
    "OBJECT_SEQUENCE": ("sequences", "sequence"),
    "OBJECT_FUNCTION": ("functions", "function"),
    "OBJECT_PROCEDURE": ("functions", "procedure"),
    "OBJECT_ROUTINE": ("functions", "routine"),
    "OBJECT_TYPE": ("types", "type"),
    "OBJECT_DOMAIN": ("types", "domain"),
    "OBJECT_SCHEMA": ("schemas", "schema"),
}
# Of what the catalog does not hold: databases, languages, foreign servers, tablespaces, large objects, settings
_EVERY = frozenset().union(*PRIVILEGES.values()) | MASKED | {"connect", "temporary", "temp", "set", "alter system"}
_ROUTINES: dict[str, Collection[str]] = {
    "OBJECT_FUNCTION": ("function", "aggregate", "window"),
    "OBJECT_PROCEDURE": ("procedure",),
    "OBJECT_ROUTINE": ("function", "aggregate", "window", "procedure"),
}


@executes("GrantStmt", *_TYPES)
def grant(catalog: Catalog, node: Node, statement: Statement) -> None:
    """GRANT and REVOKE on objects."""
    objtype = node["objtype"]
    objects = list(_objects(catalog, node, objtype))
    grantees = [resolve.role(catalog, each["RoleSpec"]) for each in node["grantees"]]
    if node.get("is_grant") and node.get("grant_option") and PUBLIC in grantees:
        raise CatalogError("0LP01", "grant options can only be granted to roles")
    whole, by_column = _wanted(node, objtype)
    for obj in objects:
        _grant_on(catalog, obj, node, whole, grantees)
        for column, privileges in by_column.items():
            found = _column(catalog, obj, column)
            if found is not None:
                named = [each for each in PRIVILEGES["columns"] if privileges is None or each in privileges]
                acl = _changed(catalog, found, node, named, grantees)
                catalog.put(replace(found, acl=acl or None))


def _objects(catalog: Catalog, node: Node, objtype: str) -> Iterator[Object]:
    if node["targtype"] == "ACL_TARGET_ALL_IN_SCHEMA":
        for each in node["objects"]:
            yield from _all_in_schema(catalog, resolve.schema(catalog, string(each)), objtype)
        return
    for each in node["objects"]:
        if "RangeVar" in each:
            found = resolve.relation(catalog, each["RangeVar"])
            name = each["RangeVar"]["relname"]
            position = place_of(each["RangeVar"])
            if found.kind == "index":
                raise CatalogError("42809", f'"{name}" is an index', position)
            if objtype == "OBJECT_SEQUENCE" and not isinstance(found, Sequence) and found.origin != "assumed":
                raise CatalogError("42809", f'"{name}" is not a sequence', position)
            yield found
        elif "ObjectWithArgs" in each:
            yield resolve.routine(catalog, each["ObjectWithArgs"], objtype)
        elif objtype == "OBJECT_SCHEMA":
            name = resolve.schema(catalog, string(each))
            if schema := catalog.get(Schema, name):
                yield schema
        elif type_ := _type(catalog, each, objtype):
            yield type_


def _all_in_schema(catalog: Catalog, schema: str, objtype: str) -> Iterator[Object]:
    kinds: dict[str, tuple[type[Any], ...]] = {"OBJECT_TABLE": (Table, View), "OBJECT_SEQUENCE": (Sequence,)}
    for kind in kinds.get(objtype, (Function,)):
        for obj in catalog.of(kind):
            if obj.schema == schema and (kind is not Function or obj.routine_kind in _ROUTINES[objtype]):
                yield obj


def _type(catalog: Catalog, node: Node, objtype: str) -> Type | None:
    names = node["List"]["items"]
    _, key = resolve.type_of(catalog, {"names": names, "location": -1})
    found = catalog.find(key) if key else None
    if not isinstance(found, Type):
        return None  # a built-in type, or the row type of a table
    if objtype == "OBJECT_DOMAIN" and found.type_kind != "domain" and found.knows("type_kind"):
        raise CatalogError("42809", f'"{".".join(strings(names))}" is not a domain')
    return found


@cache
def _takes(objtype: str) -> frozenset[str]:
    """The privileges that a GRANT on such objects may name."""
    takes = frozenset(PRIVILEGES[_TYPES[objtype][0]])
    if objtype == "OBJECT_TABLE":
        takes |= {*PRIVILEGES["sequences"], *MASKED}  # so that GRANT ... ON TABLE serves for a sequence
    return takes


def _wanted(node: Node, objtype: str) -> tuple[list[str] | None, dict[str, list[str] | None]]:
    """The privileges on the object itself, and on each column that is named; None stands for ALL."""
    if not node.get("privileges"):
        return None, {}
    takes, word = _takes(objtype), _TYPES[objtype][1]
    whole: list[str] = []
    by_column: dict[str, list[str] | None] = {}
    for each in node["privileges"]:
        access = each["AccessPriv"]
        name = access.get("priv_name")
        if name is not None and name not in _EVERY:
            raise CatalogError("42601", f'unrecognized privilege type "{name}"')
        columns = strings(access.get("cols", ()))
        if columns and objtype != "OBJECT_TABLE":
            raise CatalogError("0LP01", "column privileges are only valid for relations")
        if columns and name is not None and name not in PRIVILEGES["columns"]:
            raise CatalogError("0LP01", f"invalid privilege type {name.upper()} for column")
        if not columns and name not in takes:
            raise CatalogError("0LP01", f"invalid privilege type {str(name).upper()} for {word}")
        for column in columns:
            listed = by_column.setdefault(column, [])
            if name is None:
                by_column[column] = None
            elif listed is not None:
                listed.append(name)
        if not columns:
            whole.append(str(name))
    return whole, by_column


def _grant_on(catalog: Catalog, obj: Any, node: Node, wanted: list[str] | None, grantees: list[str]) -> None:
    object_type = OBJECT_TYPES[type(obj)]
    if wanted is not None and object_type == "tables" and "usage" in wanted:
        raise CatalogError("0LP01", "invalid privilege type USAGE for table")
    takes = PRIVILEGES[object_type]
    privileges = [each for each in takes if wanted is None or each in wanted]
    if not privileges:
        return
    changed = _changed(catalog, obj, node, privileges, grantees)
    if changed is not obj.acl and changed != obj.acl:
        catalog.put(replace(obj, acl=changed))
    if object_type == "tables" and not node.get("is_grant"):
        of_columns = [each for each in privileges if each in PRIVILEGES["columns"]]
        for column in catalog.children(obj.identity, Column):
            if column.acl and of_columns:
                acl = _changed(catalog, column, node, of_columns, grantees)
                catalog.put(replace(column, acl=acl or None))


def _changed(catalog: Catalog, obj: Any, node: Node, privileges: list[str], grantees: list[str]) -> Acl | None:
    object_type = OBJECT_TYPES[type(obj)]
    before, owner = effective(obj.acl, object_type), owner_of(catalog, obj)
    option = bool(node.get("grant_option"))
    if not _acts_as_owner(catalog, obj, owner):
        # a role that is not the owner passes on what it holds WITH GRANT OPTION, and takes back only that
        roles, held = acts_as(catalog, catalog.role), merged(before)
        privileges = [each for each in privileges if any(held.get(role, {}).get(each) for role in roles)]
        grantees = [granted_by(each, catalog.role) for each in grantees]
        if not privileges:
            return obj.acl  # type: ignore[no-any-return]  # of any kind of object
    if node.get("is_grant"):
        return granted(before, owner, grantees, privileges, option=option)
    return revoked(before, owner, grantees, privileges, object_type=object_type, option_only=option)


def _acts_as_owner(catalog: Catalog, obj: Any, owner: str) -> bool:
    if owner == catalog.role or not obj.knows("owner") or not owner:
        return True
    role = catalog.get(Role, catalog.role)
    return role is None or role.superuser or owner in acts_as(catalog, catalog.role)


def _column(catalog: Catalog, obj: Any, name: str) -> Column | None:
    """The column of a table that a GRANT names; None where its privileges are not followed."""
    if isinstance(obj, View):
        catalog.taint(obj, {"privileges"})  # a view's columns have no access lists of their own here
    if not isinstance(obj, Table):
        return None
    column = catalog.get(Column, f"{obj.identity}.{quote_ident(name)}")
    if column is None and obj.knows("columns"):
        raise CatalogError("42703", f'column "{name}" of relation "{obj.name}" does not exist')
    return column


# -- memberships -----------------------------------------------------------------------------------------


@executes("GrantRoleStmt")
def grant_role(catalog: Catalog, node: Node, statement: Statement) -> None:
    """GRANT and REVOKE of roles; only an option of a membership changes nothing that is kept."""
    members = [resolve.role(catalog, each["RoleSpec"]) for each in node["grantee_roles"]]
    if not node.get("is_grant") and node.get("opt"):
        return  # REVOKE ADMIN OPTION FOR
    for each in node["granted_roles"]:
        name = str(each["AccessPriv"]["priv_name"])
        resolve.role(catalog, {"roletype": "ROLESPEC_CSTRING", "rolename": name, "location": -1})
        for member in members:
            set_membership(catalog, member, name, held=bool(node.get("is_grant")))


def set_membership(catalog: Catalog, member: str, role: str, *, held: bool) -> None:
    """Make a role a member of another, or no longer; 0LP01 where that would be a circle."""
    found = catalog.get(Role, member)
    if found is None:
        if member == PUBLIC:
            raise CatalogError("42704", f'role "{PUBLIC}" does not exist')
        return
    if held and (member == role or member in _all_memberships(catalog, role)):
        raise CatalogError("0LP01", f'role "{role}" is a member of role "{member}"')
    kept = {*found.memberships} - {role} | ({role} if held else set())
    if kept != {*found.memberships}:
        catalog.put(replace(found, memberships=tuple(sorted(kept))))


def _all_memberships(catalog: Catalog, role: str) -> set[str]:
    found: set[str] = set()
    todo = [role]
    while todo:
        known = catalog.get(Role, todo.pop())
        for each in known.memberships if known else ():
            if each not in found:
                found.add(each)
                todo.append(each)
    return found
