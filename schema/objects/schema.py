"""Schemas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from msgspec.structs import replace

from ..catalog import Acl, Catalog, CatalogError, Key, Node, Object, executes, handler_of, string
from ..live import ours
from ..meaning import resolve
from . import kinds
from .default_privilege import DefaultPrivilege, default_privilege, initial_acl

if TYPE_CHECKING:
    from ..source import Statement


class Schema(Object, frozen=True, kw_only=True):
    """A row of ``pg_namespace``."""

    kind: ClassVar[str] = "schema"
    internal: ClassVar[frozenset[str]] = frozenset({"name", "acl"})
    live: ClassVar[str] = f"""
        select 'schema' as kind, n.nspname::text as identity, null::text as parent,
               pg_catalog.jsonb_build_object('name', n.nspname, 'owner', pg_catalog.pg_get_userbyid(n.nspowner))
                 as attributes
          from pg_catalog.pg_namespace n
         where {ours("n", "pg_namespace", "n.oid")}
    """

    name: str
    owner: str = "postgres"
    acl: Acl | None = None


# The order in which transformCreateSchemaStmtElements makes what a CREATE SCHEMA holds
_ELEMENTS = ("CreateSeqStmt", "CreateStmt", "ViewStmt", "IndexStmt", "CreateTrigStmt", "GrantStmt")


def _require_free(catalog: Catalog, name: str) -> None:
    if name.startswith("pg_"):
        raise CatalogError(
            "42939",
            f'unacceptable schema name "{name}"',
            detail='The prefix "pg_" is reserved for system schemas.',
        )
    existing = catalog.get(Schema, name)
    if name == "information_schema" or (existing is not None and not resolve.vacate(catalog, existing)):
        raise CatalogError("42P06", f'schema "{name}" already exists')


@executes("CreateSchemaStmt")
def create_schema(catalog: Catalog, node: Node, statement: Statement) -> None:
    """Make a schema and what the statement puts into it."""
    owner = resolve.role(catalog, node["authrole"]) if "authrole" in node else catalog.role
    name = node.get("schemaname") or owner
    existing = catalog.get(Schema, name)
    if node.get("if_not_exists") and existing is not None and not resolve.vacate(catalog, existing):
        return
    _require_free(catalog, name)
    acl = initial_acl(catalog, "schemas", owner, None)
    catalog.put(Schema(identity=name, name=name, owner=owner, acl=acl))
    elements = node.get("schemaElts", ())
    if not elements:
        return
    role, path = catalog.role, catalog.search_path
    catalog.set_session(role=owner, search_path=(name, *path))
    for kind in _ELEMENTS:
        for element in elements:
            if kind in element:
                handler = handler_of(kind, element[kind])
                if handler is not None:
                    handler(catalog, element[kind], statement)
    catalog.set_session(role=role, search_path=path)


@executes("DropStmt", "OBJECT_SCHEMA")
def drop_schema(catalog: Catalog, node: Node, statement: Statement) -> None:
    """DROP SCHEMA; with CASCADE all that is in it goes, and what depends on that."""
    doomed: list[Key] = []
    for each in node["objects"]:
        name = string(each)
        if catalog.get(Schema, name) is None:
            if node.get("missing_ok"):
                continue
            raise CatalogError("3F000", f'schema "{name}" does not exist')
        doomed.append(("schema", name))
    cascade = node.get("behavior") == "DROP_CASCADE"
    names = {name for _, name in doomed}
    inside = [obj.key for obj in catalog if getattr(obj, "schema", None) in names and obj.kind in _CONTAINED]
    if inside and not cascade:
        first, example = doomed[0], catalog.find(inside[0])
        what = example.kind if example else "object"
        raise CatalogError(
            "2BP01",
            f"cannot drop schema {first[1]} because other objects depend on it",
            detail=f"{what} {inside[0][1]} depends on schema {first[1]}",
            hint="Use DROP ... CASCADE to drop the dependent objects too.",
        )
    catalog.drop([*doomed, *inside], cascade=cascade)


_MOVED = frozenset({"table", "view", "sequence", "function", "type", "index"})
# What keeps a schema from being dropped; the rest of what is in it goes with one of these
_CONTAINED = frozenset({"table", "view", "sequence", "function", "type", "extension"})


@executes("RenameStmt", "OBJECT_SCHEMA")
def rename_schema(catalog: Catalog, node: Node, statement: Statement) -> None:
    """ALTER SCHEMA ... RENAME TO: what is in it follows, and everything that names that."""
    from .. import rename

    old, new = node["subname"], node["newname"]
    schema = catalog.get(Schema, resolve.schema(catalog, old))
    if schema is None:
        return
    _require_free(catalog, new)
    renamed: dict[Key, Object] = {schema.key: replace(schema, identity=new, name=new)}
    for obj in catalog:
        if obj.kind in _MOVED and getattr(obj, "schema", None) == old:
            held: Any = obj
            moved = replace(held, schema=new)
            renamed[obj.key] = replace(moved, identity=rename.identity_of(moved))
    rename.follow_all(catalog, renamed)
    for function in catalog.of(kinds()["function"]):  # whose arguments are of a type that moved as well
        identity = rename.identity_of(function)
        if identity != function.identity:
            rename.follow(catalog, function.key, replace(function, identity=identity))
    for extension in catalog.of(kinds()["extension"]):
        where: Any = extension
        if where.schema == old:
            catalog.put(replace(where, schema=new))
    for entry in catalog.of(DefaultPrivilege):
        if entry.schema == old:
            moved_entry = default_privilege(
                entry.for_role,
                new,
                entry.object_type,
                entry.grantee,
                entry.privilege,
                grantable=entry.grantable,
            )
            catalog.rename(entry.key, moved_entry)


@executes("AlterOwnerStmt", "OBJECT_SCHEMA")
def alter_schema_owner(catalog: Catalog, node: Node, statement: Statement) -> None:
    """ALTER SCHEMA ... OWNER TO."""
    from .privilege import with_owner

    schema = catalog.get(Schema, resolve.schema(catalog, string(node["object"])))
    if schema is not None:
        catalog.put(with_owner(schema, resolve.role(catalog, node["newowner"])))
