"""Roles and their memberships."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from msgspec.structs import replace

from .. import session
from ..catalog import Catalog, CatalogError, Node, Object, executes
from ..meaning import resolve

if TYPE_CHECKING:
    from ..source import Statement


class Role(Object, frozen=True, kw_only=True):
    """A row of ``pg_roles``; the server's own (``pg_...``) are left out of the live query."""

    kind: ClassVar[str] = "role"
    internal: ClassVar[frozenset[str]] = frozenset({"name"})
    # From PostgreSQL 16 on, who creates a role is granted it with nothing but ADMIN OPTION: no membership here
    live: ClassVar[str] = """
        select 'role' as kind, r.rolname::text as identity, null::text as parent,
               pg_catalog.jsonb_build_object('name', r.rolname, 'superuser', r.rolsuper, 'bypassrls', r.rolbypassrls,
                 'login', r.rolcanlogin, 'inherit', r.rolinherit, 'createrole', r.rolcreaterole,
                 'createdb', r.rolcreatedb, 'replication', r.rolreplication,
                 'memberships', coalesce((
                   select pg_catalog.jsonb_agg(distinct g.rolname order by g.rolname)
                     from pg_catalog.pg_auth_members m
                     join pg_catalog.pg_roles g on g.oid = m.roleid
                    where m.member = r.oid
                      and (coalesce((pg_catalog.to_jsonb(m) ->> 'inherit_option')::boolean, true)
                           or coalesce((pg_catalog.to_jsonb(m) ->> 'set_option')::boolean, true))), '[]'),
                 'config', coalesce((
                   select pg_catalog.jsonb_agg(c order by c collate pg_catalog."C")
                     from pg_catalog.pg_db_role_setting s, pg_catalog.unnest(s.setconfig) c
                    where s.setrole = r.oid and s.setdatabase = 0), '[]')) as attributes
          from pg_catalog.pg_roles r
         where r.rolname !~ '^pg_'
    """

    name: str
    superuser: bool = False
    bypassrls: bool = False
    login: bool = False
    inherit: bool = True
    createrole: bool = False
    createdb: bool = False
    replication: bool = False
    memberships: tuple[str, ...] = ()  # the roles it is a member of, sorted
    config: tuple[str, ...] = ()  # rolconfig, sorted: its order has no meaning


_FLAGS = {
    "superuser": "superuser",
    "bypassrls": "bypassrls",
    "canlogin": "login",
    "inherit": "inherit",
    "createrole": "createrole",
    "createdb": "createdb",
    "isreplication": "replication",
}


def _options(node: Node) -> dict[str, Any]:
    return {each["DefElem"]["defname"]: each["DefElem"].get("arg", {}) for each in node.get("options", ())}


def _flags(options: dict[str, Any]) -> dict[str, bool]:
    return {
        attribute: bool(options[name].get("Boolean", {}).get("boolval", False))
        for name, attribute in _FLAGS.items()
        if name in options
    }


def _members(catalog: Catalog, options: dict[str, Any], name: str) -> list[str]:
    listed = options.get(name, {}).get("List", {}).get("items", ())
    return [resolve.role(catalog, each["RoleSpec"]) for each in listed]


def _require_free(catalog: Catalog, name: str) -> None:
    if name.startswith("pg_"):
        reserved = 'Role names starting with "pg_" are reserved.'
        raise CatalogError("42939", f'role name "{name}" is reserved', detail=reserved)
    existing = catalog.get(Role, name)
    if existing is not None and not resolve.vacate(catalog, existing):
        raise CatalogError("42710", f'role "{name}" already exists')


@executes("CreateRoleStmt")
def create_role(catalog: Catalog, node: Node, statement: Statement) -> None:
    """CREATE ROLE, USER and GROUP."""
    from .grant import set_membership

    name, options = node["role"], _options(node)
    _require_free(catalog, name)
    flags: dict[str, Any] = {"login": node.get("stmt_type") == "ROLESTMT_USER", **_flags(options)}
    catalog.put(Role(identity=name, name=name, **flags))
    for group in _members(catalog, options, "addroleto"):
        set_membership(catalog, name, group, held=True)
    for member in (*_members(catalog, options, "rolemembers"), *_members(catalog, options, "adminmembers")):
        set_membership(catalog, member, name, held=True)


@executes("AlterRoleStmt")
def alter_role(catalog: Catalog, node: Node, statement: Statement) -> None:
    """ALTER ROLE ... WITH, and ALTER GROUP ... ADD or DROP USER."""
    from .grant import set_membership

    options = _options(node)
    role = catalog.get(Role, resolve.role(catalog, node["role"]))
    if role is None:
        return
    flags = _flags(options)
    if flags:
        catalog.put(replace(role, **flags, unknown=role.unknown - flags.keys()))
    for member in _members(catalog, options, "rolemembers"):
        set_membership(catalog, member, role.name, held=node.get("action", 1) > 0)


@executes("AlterRoleSetStmt")
def alter_role_set(catalog: Catalog, node: Node, statement: Statement) -> None:
    """ALTER ROLE ... SET and RESET; of one database only, or of all roles, nothing is kept."""
    if "role" not in node or node.get("database"):
        return
    role = catalog.get(Role, resolve.role(catalog, node["role"]))
    if role is None:
        return
    setting = node["setstmt"]
    if setting["kind"] == "VAR_RESET_ALL":
        catalog.put(replace(role, config=()))
        return
    name, value = session.setting(catalog, setting)
    kept = [each for each in role.config if each.partition("=")[0] != name]
    if value is not None:
        kept.append(f"{name}={value}")
    catalog.put(replace(role, config=tuple(sorted(kept))))


@executes("RenameStmt", "OBJECT_ROLE")
def rename_role(catalog: Catalog, node: Node, statement: Statement) -> None:
    """ALTER ROLE ... RENAME TO: everything that names the role follows."""
    from ..rename import follow
    from .role_uses import rename_uses

    old, new = node["subname"], node["newname"]
    role = catalog.get(Role, old)
    if role is None:
        raise CatalogError("42704", f'role "{old}" does not exist')
    _require_free(catalog, new)
    follow(catalog, role.key, replace(role, identity=new, name=new))
    rename_uses(catalog, old, new)


@executes("DropRoleStmt")
def drop_role(catalog: Catalog, node: Node, statement: Statement) -> None:
    """DROP ROLE; 2BP01 where it owns, holds or is the target of something."""
    from .role_uses import uses

    for each in node["roles"]:
        name = each["RoleSpec"].get("rolename", "")
        if catalog.get(Role, name) is None:
            if node.get("missing_ok"):
                continue
            raise CatalogError("42704", f'role "{name}" does not exist')
        if used := uses(catalog, name):
            raise CatalogError(
                "2BP01",
                f'role "{name}" cannot be dropped because some objects depend on it',
                detail="\n".join(used),
            )
        for other in catalog.of(Role):
            if name in other.memberships:
                kept = tuple(role for role in other.memberships if role != name)
                catalog.put(replace(other, memberships=kept))
        catalog.drop([("role", name)], cascade=False)
