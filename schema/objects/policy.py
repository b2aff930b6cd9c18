"""Row level security policies."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from sys import intern
from typing import TYPE_CHECKING, Any, ClassVar, TypedDict

import msgspec
from msgspec.structs import replace

from ..catalog import WHOLE, Catalog, CatalogError, Comparison, Node, Part, executes, strings
from ..dependency import Edges, to_relation_and
from ..expression import compare
from ..live import named, ours
from ..meaning import resolve
from ..meaning.lookup import names_of, place_of
from ..meaning.outline import of_text
from ..meaning.remembered import Tables, remembered_alike
from ..names import quote_ident
from ..pattern import lazy
from ..text import clauses
from .table import Table

if TYPE_CHECKING:
    from ..source import Statement


class Policy(Part, frozen=True, kw_only=True):
    """A row of ``pg_policy``."""

    kind: ClassVar[str] = "policy"
    comparisons: ClassVar[Mapping[str, Comparison]] = {"using": compare, "check": compare}
    live: ClassVar[str] = f"""
        select 'policy' as kind, pg_catalog.quote_ident(p.polname) || ' on ' || {named("n", "c.relname")} as identity,
               {named("n", "c.relname")} as parent,
               pg_catalog.jsonb_build_object(
                 'table', {named("n", "c.relname")},
                 'name', p.polname,
                 'command', case p.polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update'
                                          when 'd' then 'delete' else 'all' end,
                 'permissive', p.polpermissive,
                 'roles', (select pg_catalog.jsonb_agg(distinct coalesce(r.rolname, 'public')
                                                       order by coalesce(r.rolname, 'public'))
                             from pg_catalog.unnest(p.polroles) as member(oid)
                             left join pg_catalog.pg_roles r on r.oid = member.oid),
                 'using', pg_catalog.pg_get_expr(p.polqual, p.polrelid),
                 'check', pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid)) as attributes
          from pg_catalog.pg_policy p
          join pg_catalog.pg_class c on c.oid = p.polrelid
          join pg_catalog.pg_namespace n on n.oid = c.relnamespace
         where {ours("n", "pg_class", "c.oid")}
    """

    command: str = "all"  # all | select | insert | update | delete (polcmd)
    permissive: bool = True
    roles: tuple[str, ...] = ("public",)  # sorted
    using: str | None = None  # polqual
    check: str | None = None  # polwithcheck


def _identity(table: Table, name: str) -> str:
    return f"{quote_ident(name)} on {table.identity}"


def _table(catalog: Catalog, rangevar: Node) -> Table:
    found = resolve.relation(catalog, rangevar)
    if not isinstance(found, Table) or (found.relation_kind == "foreign" and found.knows("relation_kind")):
        raise CatalogError("42809", f'"{rangevar["relname"]}" is not a table', place_of(rangevar))
    return found


def _roles(catalog: Catalog, node: Node) -> tuple[str, ...]:
    first, *others = (resolve.role(catalog, each["RoleSpec"]) for each in node["roles"])
    if not others:
        return (intern(first),)  # the same few in policy after policy
    roles = {first, *others}
    return ("public",) if "public" in roles else tuple(sorted(roles))


def _missing(catalog: Catalog, table: Table, name: str) -> CatalogError:
    return CatalogError("42704", f'policy "{name}" for table "{table.name}" does not exist')


def _expression(
    catalog: Catalog, statement: Statement, node: Node, clause: str, table: Table, *, start: int
) -> tuple[resolve.Bound, int]:
    """What stands between the parentheses of the next USING or CHECK, and where that ends."""
    span = clauses.inside(statement, start, clause)
    bound = resolve.bind(catalog, statement, node, span, table)
    closed = statement.source.data.startswith(b")", span[1])
    return bound, span[1] + closed


class _Named(TypedDict):
    """CREATE POLICY: the policy, and its table."""

    policy_name: str
    table: dict[str, Any]


class _Written(_Named, total=False):
    """All of it; what the expressions mean may be known from those of other tables."""

    cmd_name: str
    permissive: bool
    roles: list[dict[str, Any]]
    qual: msgspec.Raw
    with_check: msgspec.Raw


class _Terms(msgspec.Struct, frozen=True):
    """What a policy says, whatever it is called and on whichever table."""

    command: str
    permissive: bool
    roles: tuple[str, ...]
    using: str | None
    check: str | None
    needs: Edges
    edited: bool = False  # an expression is not as it was written


_NONE = resolve.Bound("", (), frozenset())  # of a clause that is not there
_whole = msgspec.json.Decoder(_Written)
_NAME = lazy(rb'(?:"[^"]*"|[\w$\x80-\xff]+)(?:\.(?:"[^"]*"|[\w$\x80-\xff]+))*')


@executes("CreatePolicyStmt", shape=_Named)
def create_policy(catalog: Catalog, node: Node, statement: Statement) -> None:
    """Make a policy; what stands behind the table's name says the same on many tables."""
    table, terms = _same_elsewhere(catalog, node["table"], statement) or _terms(catalog, statement)
    name = node["policy_name"]
    identity = _identity(table, name)
    existing = catalog.get(Policy, identity)
    if existing is not None and not resolve.vacate(catalog, existing):
        raise CatalogError("42710", f'policy "{name}" for table "{table.name}" already exists')
    policy = Policy(
        identity=identity,
        table=table.identity,
        command=terms.command,
        permissive=terms.permissive,
        roles=terms.roles,
        using=terms.using,
        check=terms.check,
        needs=terms.needs,
    )
    catalog.add(policy)


def _same_elsewhere(catalog: Catalog, rangevar: Node, statement: Statement) -> tuple[Table, _Terms] | None:
    """The table of a policy, and its terms, where they hang on the table's columns alone."""
    table: Any = resolve.find_relation(catalog, names_of(rangevar))
    name = _NAME.match(statement.source.data, statement.base + rangevar.get("location", 0), statement.end)
    said = statement.source.data[name.end() : statement.end] if name else b""
    outline = of_text(said, table, "policy")
    if outline is None or table.relation_kind == "foreign":
        return None
    if outline.named and ("schema", table.name) in catalog:  # which a text that names it gains
        return None
    terms = remembered_alike(
        catalog, outline, lambda catalog: _terms(catalog, statement, table)[1], _moved if outline.named else _unmoved
    )
    return table, terms


def _unmoved(terms: _Terms, *_: Any) -> _Terms:
    """Terms on another table: they say nothing of theirs."""
    return terms


def _moved(terms: _Terms, old: Tables, new: Tables) -> _Terms:
    """Terms on another table of that schema: where an outline names its table, it says that name of nothing else."""
    before, now = old[0].name, new[0].name
    using, check = (each and _renamed(each, before, now) for each in (terms.using, terms.check))
    return replace(terms, using=using, check=check)


@lru_cache(16)  # policies of a table say the same, and so do the two of an UPDATE
def _renamed(text: str, before: str, now: str) -> str:
    """A text with another name for its table, where that stands as a whole: in ``public`` there is a ``pub``."""
    return re.sub(rf"(?<![\w$]){re.escape(before)}(?![\w$])", now, text)


def _terms(catalog: Catalog, statement: Statement, table: Table | None = None) -> tuple[Table, _Terms]:
    """The table of a policy, if it is not known yet, and its terms."""
    node = statement.read(_whole)
    command = intern(node.get("cmd_name", "all"))
    if command in {"select", "delete"} and "with_check" in node:
        raise CatalogError("42601", "WITH CHECK cannot be applied to SELECT or DELETE")
    if command == "insert" and "qual" in node:
        raise CatalogError("42601", "only WITH CHECK expression allowed for INSERT")
    roles = _roles(catalog, node)
    table = table or _table(catalog, node["table"])
    using = check = _NONE
    at = statement.base + node["table"].get("location", 0)
    if "qual" in node:
        using, at = _expression(catalog, statement, node["qual"], "using", table, start=at)
    if "with_check" in node:
        check, at = _expression(catalog, statement, node["with_check"], "check", table, start=at)
    needs = to_relation_and(table, (*using.refs, *check.refs))
    return table, _Terms(
        command,
        bool(node.get("permissive")),
        roles,
        using.text if "qual" in node else None,
        check.text if "with_check" in node else None,
        needs,
        edited=using.edited or check.edited,
    )


def _find(catalog: Catalog, table: Table, name: str) -> Policy | None:
    """The policy of this name; one that is not known to be absent is taken to exist, its shape unknown."""
    found = catalog.get(Policy, _identity(table, name))
    if found is not None:
        return found
    if table.knows("policies"):
        return None
    assumed = Policy(
        identity=_identity(table, name),
        table=table.identity,
        origin="assumed",
        unknown=frozenset({WHOLE}),
    )
    return catalog.put(assumed, to_relation_and(table, ()))


@executes("AlterPolicyStmt")
def alter_policy(catalog: Catalog, node: Node, statement: Statement) -> None:
    """Change the roles or expressions of a policy; what is not named stays."""
    roles = _roles(catalog, node) if "roles" in node else None
    table = _table(catalog, node["table"])
    policy = _find(catalog, table, node["policy_name"])
    if policy is None:
        raise _missing(catalog, table, node["policy_name"])
    if policy.knows("command"):
        if policy.command in {"select", "delete"} and "with_check" in node:
            raise CatalogError("42601", "only USING expression allowed for SELECT, DELETE")
        if policy.command == "insert" and "qual" in node:
            raise CatalogError("42601", "only WITH CHECK expression allowed for INSERT")
    given = {part for part in ("qual", "with_check") if part in node}
    stays = (policy.using is not None and "qual" not in given) or (
        policy.check is not None and "with_check" not in given
    )
    # of two expressions it is not kept which reads what: what the one that goes had read stays needed
    kept = {edge.on for edge in catalog.depends_on(policy.key)} if stays or not given else set()
    known = set(policy.unknown)
    at = statement.base + node["table"].get("location", 0)
    if roles is not None:
        policy = replace(policy, roles=roles)
        known.discard("roles")
    for attribute, part, clause in (("using", "qual", "using"), ("check", "with_check", "check")):
        if part in node:
            bound, at = _expression(catalog, statement, node[part], clause, table, start=at)
            policy = replace(policy, **{attribute: bound.text})
            kept.update(bound.refs)
            known.discard(attribute)
    catalog.put(replace(policy, unknown=frozenset(known)), to_relation_and(table, kept))


@executes("RenameStmt", "OBJECT_POLICY")
def rename_policy(catalog: Catalog, node: Node, statement: Statement) -> None:
    """ALTER POLICY ... RENAME TO."""
    from ..rename import follow

    if node.get("missing_ok") and resolve.find_relation(catalog, _names(node["relation"])) is None:
        return
    table = _table(catalog, node["relation"])
    policy = _find(catalog, table, node["subname"])
    if policy is None:
        if node.get("missing_ok"):
            return
        raise _missing(catalog, table, node["subname"])
    name = node["newname"]
    if ("policy", _identity(table, name)) in catalog:
        raise CatalogError("42710", f'policy "{name}" for table "{table.name}" already exists')
    follow(catalog, policy.key, replace(policy, identity=_identity(table, name)))


def _names(rangevar: Node) -> list[str]:
    written = [rangevar.get("schemaname"), rangevar["relname"]]
    return [each for each in written if each]


@executes("DropStmt", "OBJECT_POLICY")
def drop_policy(catalog: Catalog, node: Node, statement: Statement) -> None:
    """DROP POLICY; with IF EXISTS the table may be missing as well."""
    for each in node["objects"]:
        *names, name = strings(each["List"]["items"])
        if node.get("missing_ok") and resolve.find_relation(catalog, names) is None:
            continue
        written = dict(zip(("relname", "schemaname"), reversed(names), strict=False))
        table = _table(catalog, {**written, "location": -1})
        policy = _find(catalog, table, name)
        if policy is not None:
            catalog.drop([policy.key], cascade=node.get("behavior") == "DROP_CASCADE")
        elif not node.get("missing_ok"):
            raise _missing(catalog, table, name)
