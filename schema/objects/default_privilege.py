"""Default privileges: what ALTER DEFAULT PRIVILEGES gives to objects made later."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from msgspec.structs import replace

from ..acl import BUILT_IN, MASKED, NOTHING, PRIVILEGES, PUBLIC
from ..catalog import Acl, Catalog, CatalogError, Dependency, Node, Object, executes, string
from ..meaning import resolve
from ..names import quote_ident

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..source import Statement

_TYPES = {
    "OBJECT_TABLE": ("tables", "relation"),
    "OBJECT_SEQUENCE": ("sequences", "sequence"),
    "OBJECT_FUNCTION": ("functions", "function"),
    "OBJECT_TYPE": ("types", "type"),
    "OBJECT_SCHEMA": ("schemas", "schema"),
}


class DefaultPrivilege(Object, frozen=True, kw_only=True):
    """One entry of a ``pg_default_acl`` row.

    A row without a schema begins as what is built in (all for the owner, EXECUTE or USAGE for PUBLIC), which is
    not listed; what it lacks of that is an entry with ``revoked``. A row of a schema begins empty and only adds.
    """

    kind: ClassVar[str] = "default_privilege"
    live: ClassVar[str] = """
        with entry as (
          select d.defaclrole as role, d.defaclnamespace as space, d.defaclobjtype as letter, false as revoked,
                 a.grantee, a.privilege_type, a.is_grantable
            from pg_catalog.pg_default_acl d, pg_catalog.aclexplode(d.defaclacl) a
           where d.defaclnamespace <> 0
              or (a.grantee <> d.defaclrole and not exists (
                    select 1 from pg_catalog.aclexplode(pg_catalog.acldefault(
                        case d.defaclobjtype when 'S' then 's' else d.defaclobjtype end, d.defaclrole)) b
                     where b.grantee = a.grantee and b.privilege_type = a.privilege_type))
          union all
          select d.defaclrole, d.defaclnamespace, d.defaclobjtype, true, b.grantee, b.privilege_type, false
            from pg_catalog.pg_default_acl d, pg_catalog.aclexplode(pg_catalog.acldefault(
                   case d.defaclobjtype when 'S' then 's' else d.defaclobjtype end, d.defaclrole)) b
           where d.defaclnamespace = 0
             and not exists (select 1 from pg_catalog.aclexplode(d.defaclacl) a
                              where a.grantee = b.grantee and a.privilege_type = b.privilege_type)
        ), named as (
          select r.rolname as for_role, n.nspname as schema, e.revoked, e.is_grantable as grantable,
                 case e.letter when 'r' then 'tables' when 'S' then 'sequences' when 'f' then 'functions'
                               when 'T' then 'types' when 'n' then 'schemas' end as object_type,
                 case e.grantee when 0 then 'public' else g.rolname end as grantee,
                 pg_catalog.lower(e.privilege_type) as privilege
            from entry e
            join pg_catalog.pg_roles r on r.oid = e.role
            left join pg_catalog.pg_namespace n on n.oid = e.space
            left join pg_catalog.pg_roles g on g.oid = e.grantee
           where e.privilege_type <> 'MAINTAIN' and e.letter in ('r', 'S', 'f', 'T', 'n')
        )
        select 'default_privilege' as kind,
               'for role ' || pg_catalog.quote_ident(for_role)
                 || coalesce(' in schema ' || pg_catalog.quote_ident(schema), '') || ' on ' || object_type
                 || case when revoked then ' revoke ' else ' grant ' end || privilege
                 || case when revoked then ' from ' else ' to ' end || pg_catalog.quote_ident(grantee) as identity,
               null::text as parent,
               pg_catalog.jsonb_build_object('for_role', for_role, 'schema', schema, 'object_type', object_type,
                 'grantee', grantee, 'privilege', privilege, 'grantable', grantable, 'revoked', revoked)
                 as attributes
          from named
    """

    for_role: str
    schema: str | None
    object_type: str  # tables | sequences | functions | types | schemas
    grantee: str
    privilege: str
    grantable: bool = False
    revoked: bool = False  # a built-in default (PUBLIC's EXECUTE) that was taken away


def default_privilege(
    for_role: str,
    schema: str | None,
    object_type: str,
    grantee: str,
    privilege: str,
    *,
    grantable: bool = False,
    revoked: bool = False,
) -> DefaultPrivilege:
    """Build an entry, with its identity."""
    where = f" in schema {quote_ident(schema)}" if schema else ""
    words = ("revoke", "from") if revoked else ("grant", "to")
    return DefaultPrivilege(
        identity=f"for role {quote_ident(for_role)}{where} on {object_type} {words[0]} {privilege} {words[1]} "
        + quote_ident(grantee),
        for_role=for_role,
        schema=schema,
        object_type=object_type,
        grantee=grantee,
        privilege=privilege,
        grantable=grantable,
        revoked=revoked,
    )


def initial_acl(catalog: Catalog, object_type: str, owner: str, schema: str | None) -> Acl | None:
    """What a new object is granted, as ``get_user_default_acl`` says; None is what is built in.

    ``object_type`` is tables (views, foreign tables and materialized views too), sequences, functions, types or
    schemas; ``schema`` the one it is made in (None for a schema).
    """
    known = catalog.derived("default_privilege", "initial_acl")
    key = (object_type, owner, schema)
    if key not in known:
        known[key] = _initial_acl(catalog, *key)
    return known[key]  # type: ignore[no-any-return]  # what stands there under this key


def _initial_acl(catalog: Catalog, object_type: str, owner: str, schema: str | None) -> Acl | None:
    built_in = BUILT_IN.get(object_type, NOTHING)
    acl: dict[str, dict[str, bool]] = {grantee: dict(held) for grantee, held in built_in.items()}
    for entry in catalog.of(DefaultPrivilege):
        if entry.object_type != object_type or entry.for_role != owner or entry.schema not in {None, schema}:
            continue
        if entry.revoked:
            if entry.grantee == owner:
                acl.setdefault(owner, dict.fromkeys(PRIVILEGES[object_type], True))
            acl.get(entry.grantee, {}).pop(entry.privilege, None)
    for entry in catalog.of(DefaultPrivilege):
        if entry.object_type != object_type or entry.for_role != owner or entry.schema not in {None, schema}:
            continue
        if not entry.revoked and (entry.grantee != owner or owner in acl):
            held = acl.setdefault(entry.grantee, {})
            held[entry.privilege] = held.get(entry.privilege, False) or entry.grantable
    acl = {grantee: held for grantee, held in acl.items() if held or grantee == owner}
    return None if acl == built_in else acl


def _privileges(action: Node, object_type: str, word: str) -> tuple[str, ...]:
    if not action.get("privileges"):
        return PRIVILEGES[object_type]
    named = [str(each["AccessPriv"]["priv_name"]) for each in action["privileges"]]
    for each in named:
        if each not in PRIVILEGES[object_type] and not (each in MASKED and object_type == "tables"):
            raise CatalogError("0LP01", f"invalid privilege type {each.upper()} for {word}")
    return tuple(each for each in named if each not in MASKED)


def _options(node: Node, name: str) -> Iterator[Node]:
    for option in node.get("options", ()):
        if option["DefElem"]["defname"] == name:
            yield from option["DefElem"]["arg"]["List"]["items"]


@executes("AlterDefaultPrivilegesStmt")
def alter_default_privileges(catalog: Catalog, node: Node, statement: Statement) -> None:
    """Change what later objects are granted, per granting role and schema."""
    action = node["action"]
    if action["objtype"] not in _TYPES:
        return  # large objects
    object_type, word = _TYPES[action["objtype"]]
    privileges = _privileges(action, object_type, word)
    grant, option = bool(action.get("is_grant")), bool(action.get("grant_option"))
    grantees = [resolve.role(catalog, each["RoleSpec"]) for each in action["grantees"]]
    if grant and option and PUBLIC in grantees:
        raise CatalogError("0LP01", "grant options can only be granted to roles")
    roles = [resolve.role(catalog, each["RoleSpec"]) for each in _options(node, "roles")] or [catalog.role]
    schemas = [resolve.schema(catalog, string(each)) for each in _options(node, "schemas")]
    if schemas and object_type == "schemas":
        raise CatalogError("0LP01", "cannot use IN SCHEMA clause when using GRANT/REVOKE ON SCHEMAS")
    for role in roles:
        for schema in schemas or (None,):
            for grantee in grantees:
                for privilege in privileges:
                    entry = default_privilege(role, schema, object_type, grantee, privilege)
                    _alter(catalog, entry, grant=grant, option=option)


def _alter(catalog: Catalog, wanted: DefaultPrivilege, *, grant: bool, option: bool) -> None:
    built_in = wanted.schema is None and (
        wanted.grantee == wanted.for_role
        or wanted.privilege in BUILT_IN.get(wanted.object_type, NOTHING).get(wanted.grantee, {})
    )
    if built_in:
        wanted = default_privilege(
            wanted.for_role, None, wanted.object_type, wanted.grantee, wanted.privilege, revoked=True
        )
    before = catalog.get(DefaultPrivilege, wanted.identity)
    needs = [Dependency(("schema", wanted.schema), auto=True)] if wanted.schema else []
    if grant != built_in:  # an entry is to be there
        if not grant and option:
            return  # REVOKE GRANT OPTION FOR what only PUBLIC or the owner has
        if before and (before.grantable or not option):
            return
        catalog.remove(wanted.key)  # so that what was derived from it is forgotten
        catalog.put(replace(wanted, grantable=grant and option), needs)
    elif before:
        catalog.remove(wanted.key)
        if not grant and option:
            catalog.put(wanted, needs)
