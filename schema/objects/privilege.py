"""Privileges: what GRANT and REVOKE leave, object by object."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, ClassVar, TypeVar

import msgspec
from msgspec.structs import replace

from ..acl import MASKED, NOTHING, PUBLIC, effective, merged, owned
from ..catalog import WHOLE, Acl, Catalog, Object
from ..names import quote_ident
from .column import Column
from .function import Function
from .role import Role
from .schema import Schema
from .sequence import Sequence
from .table import Table
from .type import Type
from .view import View

O = TypeVar("O", bound=Object)  # noqa: E741 - as in catalog.py

# What has an access list, and what that is called in acl.py
OBJECT_TYPES: dict[type[Object], str] = {
    Table: "tables",
    View: "tables",
    Sequence: "sequences",
    Function: "functions",
    Type: "types",
    Schema: "schemas",
    Column: "columns",
}

# Roles that may without being granted it: what they may, on objects of which type
_PREDEFINED = {
    "pg_read_all_data": {
        ("tables", "select"), ("columns", "select"), ("sequences", "select"), ("schemas", "usage"),
    },
    "pg_write_all_data": {
        *(("tables", each) for each in ("insert", "update", "delete")),
        *(("columns", each) for each in ("insert", "update")),
        ("sequences", "update"), ("schemas", "usage"),
    },
}  # fmt: skip


class Privilege(Object, frozen=True, kw_only=True):
    """One privilege that one grantee holds on one object, the owner's own aside.

    It is never stored: it is derived from an object's ``acl`` when asked for.
    """

    kind: ClassVar[str] = "privilege"
    live: ClassVar[str] = """
        with object as (
          select case when c.relkind in ('v', 'm') then 'view' when c.relkind = 'S' then 'sequence'
                      else 'table' end as label,
                 pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname) as name,
                 c.relowner as owner, 'pg_catalog.pg_class'::pg_catalog.regclass as class, c.oid as member,
                 coalesce(c.relacl, pg_catalog.acldefault(
                   case c.relkind when 'S' then 's'::"char" else 'r'::"char" end, c.relowner)) as acl,
                 n.nspname
            from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
           where c.relkind in ('r', 'p', 'f', 'v', 'm', 'S') and c.relpersistence <> 't'
          union all
          select 'column', pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname) || '.'
                 || pg_catalog.quote_ident(a.attname),
                 c.relowner, 'pg_catalog.pg_class'::pg_catalog.regclass, c.oid, a.attacl, n.nspname
            from pg_catalog.pg_attribute a
            join pg_catalog.pg_class c on c.oid = a.attrelid
            join pg_catalog.pg_namespace n on n.oid = c.relnamespace
           where a.attnum > 0 and not a.attisdropped and a.attacl is not null
             and c.relkind in ('r', 'p', 'f') and c.relpersistence <> 't'
          union all
          select 'function', pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(p.proname) || '('
                 || pg_catalog.oidvectortypes(p.proargtypes) || ')',
                 p.proowner, 'pg_catalog.pg_proc'::pg_catalog.regclass, p.oid,
                 coalesce(p.proacl, pg_catalog.acldefault('f', p.proowner)), n.nspname
            from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
           where not exists (select 1 from pg_catalog.pg_depend d
                              where d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass and d.objid = p.oid
                                and d.deptype = 'i')
          union all
          select 'type', pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(t.typname),
                 t.typowner, 'pg_catalog.pg_type'::pg_catalog.regclass, t.oid,
                 coalesce(t.typacl, pg_catalog.acldefault('T', t.typowner)), n.nspname
            from pg_catalog.pg_type t
            join pg_catalog.pg_namespace n on n.oid = t.typnamespace
            left join pg_catalog.pg_class c on c.oid = t.typrelid
           where t.typtype in ('e', 'd', 'r') or (t.typtype = 'c' and c.relkind = 'c')
          union all
          select 'schema', n.nspname, n.nspowner, 'pg_catalog.pg_namespace'::pg_catalog.regclass, n.oid,
                 coalesce(n.nspacl, pg_catalog.acldefault('n', n.nspowner)), n.nspname
            from pg_catalog.pg_namespace n
        ), held as (
          select o.label, o.name, case a.grantee when 0 then 'public' else r.rolname end as grantee,
                 pg_catalog.lower(a.privilege_type) as privilege, pg_catalog.bool_or(a.is_grantable) as grantable
            from object o
            cross join pg_catalog.aclexplode(o.acl) a
            left join pg_catalog.pg_roles r on r.oid = a.grantee
           where a.grantee <> o.owner and a.privilege_type <> 'MAINTAIN'
             and o.nspname not in ('pg_catalog', 'information_schema') and o.nspname not like 'pg\\_t%'
             and not exists (select 1 from pg_catalog.pg_depend d
                              where d.classid = o.class and d.objid = o.member and d.deptype = 'e')
           group by 1, 2, 3, 4
        )
        select 'privilege' as kind,
               privilege || ' on ' || label || ' ' || name || ' to ' || pg_catalog.quote_ident(grantee) as identity,
               name as parent,
               pg_catalog.jsonb_build_object('object', label || ' ' || name, 'grantee', grantee,
                 'privilege', privilege, 'grantable', grantable) as attributes
          from held
    """

    object: str  # "table public.todo", "column public.todo.title", "function public.f()"
    grantee: str  # a role, or public
    privilege: str  # select, insert, ...
    grantable: bool = False


def acl_of(obj: Object) -> Acl:
    """The access list in force on an object (empty for what has none)."""
    object_type = OBJECT_TYPES.get(type(obj))
    return NOTHING if object_type is None else merged(effective(getattr(obj, "acl", None), object_type))


def owner_of(catalog: Catalog, obj: Object) -> str:
    """Who owns an object; of a column: who owns its table."""
    if isinstance(obj, Column):
        table = catalog.get(Table, obj.table)
        return table.owner if table else ""
    return str(getattr(obj, "owner", ""))


def with_owner(obj: O, owner: str) -> O:
    """Give an object another owner, whose entry in the access list goes the way ``aclnewowner`` sends it."""
    held: Any = obj
    return replace(obj, owner=owner, acl=owned(held.acl, held.owner, owner))


def privileges(catalog: Catalog, obj: Object) -> list[Privilege]:
    """What others than its owner hold on an object, what PUBLIC holds by default included.

    Without the columns' own (ask with the column). Nothing where the object's privileges are not known.
    """
    acl = acl_of(obj)
    if not acl or not obj.knows("privileges"):
        return []
    owner = owner_of(catalog, obj)
    label = f"{obj.kind} {obj.identity}"
    return [
        Privilege(
            identity=f"{privilege} on {label} to {quote_ident(grantee)}",
            object=label,
            grantee=grantee,
            privilege=privilege,
            grantable=grantable,
            origin=obj.origin,
        )
        for grantee, held in acl.items()
        if grantee != owner
        for privilege, grantable in held.items()
        if privilege not in MASKED
    ]


def all_privileges(catalog: Catalog) -> Iterator[Privilege]:
    """Every privilege on every object of the catalog, for a snapshot or a comparison."""
    for kind in OBJECT_TYPES:
        for obj in catalog.of(kind):
            yield from privileges(catalog, obj)


# -- who may ---------------------------------------------------------------------------------------------


def acts_as(catalog: Catalog, role: str) -> dict[str, bool]:
    """The roles whose privileges a role has, itself first; False where it is not known whether it has more.

    NOINHERIT stops it, as ``has_privs_of_role`` does. The owner of the database is postgres.
    """
    known = catalog.derived("role", "acts_as")
    if role not in known:
        known[role] = _acts_as(catalog, role)
    return known[role]  # type: ignore[no-any-return]  # what stands there under this key


def _acts_as(catalog: Catalog, role: str) -> dict[str, bool]:
    found: dict[str, bool] = {}
    todo = [role]
    while todo:
        name = todo.pop()
        if name in found:
            continue
        known = catalog.get(Role, name)
        found[name] = known is not None and known.knows("memberships")
        if name == "postgres":
            todo.append("pg_database_owner")
        if known is not None and known.inherit:
            todo.extend(known.memberships)
    if "pg_database_owner" in found:
        found["pg_database_owner"] = True
    return found


def holds(catalog: Catalog, role: str, obj: Object, privilege: str) -> bool | None:
    """Whether a role may do something with an object: as owner, by a grant, through PUBLIC or a membership.

    ``privilege`` is in lower case. A column's counts when its table's does. None where it is not known.
    Rights that the object's schema must give as well are not looked at.
    """
    known = catalog.derived("role", "subject")
    if (subject := known.get(role)) is None:
        subject = known[role] = _subject(catalog, role)
    roles = subject.roles
    if subject.superuser:
        return True
    owner = owner_of(catalog, obj)
    acl = acl_of(obj)
    if owner in roles and obj.knows("owner") and owner not in acl:
        return True
    if subject.predefined and (OBJECT_TYPES.get(type(obj), ""), privilege) in subject.predefined:
        return True
    if privilege in MASKED or WHOLE in obj.unknown or not obj.knows("privileges"):
        return None
    for each in roles:
        if privilege in acl.get(each, NOTHING):
            return True
    if isinstance(obj, Column):
        table = catalog.get(Table, obj.table)
        whole = holds(catalog, role, table, privilege) if table else None
        if whole is not False:
            return whole
    return False if subject.sure else None


class _Subject(msgspec.Struct, frozen=True):
    """Who asks: the roles whose privileges count, PUBLIC among them, and what they may without being granted it."""

    roles: Collection[str]
    sure: bool  # whether these are all
    superuser: bool = False
    predefined: frozenset[tuple[str, str]] = frozenset()


def _subject(catalog: Catalog, role: str) -> _Subject:
    if role == PUBLIC:
        return _Subject((PUBLIC,), sure=True)
    roles = {PUBLIC: True, **acts_as(catalog, role)}
    mine = catalog.get(Role, role)
    return _Subject(
        roles=tuple(roles),
        sure=all(roles.values()),
        superuser=mine is not None and mine.superuser,
        predefined=frozenset().union(*(_PREDEFINED.get(each, ()) for each in roles)),
    )
