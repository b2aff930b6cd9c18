"""Publications and their members."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from msgspec.structs import replace

from ..catalog import Catalog, CatalogError, Comparison, Dependency, Key, Node, Object, executes, string, strings
from ..expression import compare
from ..live import named
from ..meaning import resolve
from ..names import quote_ident
from ..text import clauses
from .table import Table

if TYPE_CHECKING:
    from ..source import Statement

_OPERATIONS = ("insert", "update", "delete", "truncate")


class Publication(Object, frozen=True, kw_only=True):
    """A row of ``pg_publication``."""

    kind: ClassVar[str] = "publication"
    internal: ClassVar[frozenset[str]] = frozenset({"name"})
    live: ClassVar[str] = """
        select 'publication' as kind, p.pubname::text as identity, null::text as parent,
               pg_catalog.jsonb_build_object('name', p.pubname, 'all_tables', p.puballtables,
                 'operations', pg_catalog.to_jsonb(pg_catalog.array_remove(array[
                    case when p.pubinsert then 'insert' end, case when p.pubupdate then 'update' end,
                    case when p.pubdelete then 'delete' end, case when p.pubtruncate then 'truncate' end], null)),
                 'owner', pg_catalog.pg_get_userbyid(p.pubowner)) as attributes
          from pg_catalog.pg_publication p
    """

    name: str
    all_tables: bool = False
    operations: tuple[str, ...] = _OPERATIONS
    owner: str = "postgres"


class PublicationMember(Object, frozen=True, kw_only=True):
    """A table, or a whole schema, in a publication: ``public.todo in publication pub``."""

    kind: ClassVar[str] = "publication_member"
    comparisons: ClassVar[Mapping[str, Comparison]] = {"row_filter": compare}
    live: ClassVar[str] = f"""
        select 'publication_member' as kind,
               {named("n", "c.relname")} || ' in publication ' || pg_catalog.quote_ident(p.pubname) as identity,
               p.pubname::text as parent,
               pg_catalog.jsonb_build_object('publication', p.pubname, 'table', {named("n", "c.relname")},
                 'schema', null,
                 'columns', coalesce((select pg_catalog.jsonb_agg(a.attname order by a.attnum)
                                        from pg_catalog.pg_attribute a
                                       where a.attrelid = m.prrelid
                                         and a.attnum = any (m.prattrs::pg_catalog.int2[])), '[]'),
                 'row_filter', pg_catalog.pg_get_expr(m.prqual, m.prrelid)) as attributes
          from pg_catalog.pg_publication_rel m
          join pg_catalog.pg_publication p on p.oid = m.prpubid
          join pg_catalog.pg_class c on c.oid = m.prrelid
          join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        union all
        select 'publication_member', 'schema ' || pg_catalog.quote_ident(n.nspname) || ' in publication '
                 || pg_catalog.quote_ident(p.pubname), p.pubname::text,
               pg_catalog.jsonb_build_object('publication', p.pubname, 'table', null, 'schema', n.nspname,
                 'columns', '[]'::jsonb, 'row_filter', null)
          from pg_catalog.pg_publication_namespace m
          join pg_catalog.pg_publication p on p.oid = m.pnpubid
          join pg_catalog.pg_namespace n on n.oid = m.pnnspid
    """

    publication: str
    table: str | None = None
    schema: str | None = None
    columns: tuple[str, ...] = ()
    row_filter: str | None = None


def _operations(node: Node) -> tuple[str, ...] | None:
    for each in node.get("options", ()):
        option = each["DefElem"]
        if option["defname"] == "publish":
            named_ = [word.strip().lower() for word in string(option["arg"]).split(",") if word.strip()]
            for word in named_:
                if word not in _OPERATIONS:
                    message = f'unrecognized value for publication option "publish": "{word}"'
                    raise CatalogError("42601", message)
            return tuple(word for word in _OPERATIONS if word in named_)
    return None


def _identity(publication: str, table: str | None, schema: str | None) -> str:
    what = table if table is not None else f"schema {quote_ident(schema or '')}"
    return f"{what} in publication {quote_ident(publication)}"


def _members(
    catalog: Catalog, publication: str, node: Node, statement: Statement
) -> Iterator[tuple[PublicationMember, list[Dependency], str]]:
    """What a statement names as members: each with what it needs, and its bare name."""
    for each in node.get("pubobjects", ()):
        spec = each["PublicationObjSpec"]
        if "pubtable" in spec:
            yield _table_member(catalog, publication, spec["pubtable"], statement)
            continue
        schema = spec.get("name") or next(resolve.path(catalog), "public")
        resolve.schema(catalog, schema)
        member = PublicationMember(
            identity=_identity(publication, None, schema), publication=publication, schema=schema
        )
        needs = [Dependency(("publication", publication), auto=True), Dependency(("schema", schema), auto=True)]
        yield member, needs, schema


def _table_member(
    catalog: Catalog, publication: str, node: Node, statement: Statement
) -> tuple[PublicationMember, list[Dependency], str]:
    rangevar = node["relation"]
    table = resolve.relation(catalog, rangevar)
    if not isinstance(table, Table):
        raise CatalogError("22023", f'cannot add relation "{rangevar["relname"]}" to publication')
    if table.knows("relation_kind") and table.relation_kind == "foreign":
        raise CatalogError("22023", f'cannot add relation "{table.name}" to publication')
    columns = strings(node.get("columns", ()))
    needs = [Dependency(("publication", publication), auto=True), Dependency(table.key, auto=True)]
    for column in columns:
        key: Key = ("column", f"{table.identity}.{quote_ident(column)}")
        if key not in catalog and table.knows("columns"):
            raise CatalogError("42703", f'column "{column}" of relation "{table.name}" does not exist')
        needs.append(Dependency(key))
    row_filter = None
    if "whereClause" in node:
        start = clauses.after(statement, statement.base + rangevar.get("location", 0), "where")
        span = clauses.parenthesised(statement, start)
        bound = resolve.bind(catalog, statement, node["whereClause"], span, table)
        row_filter = bound.text
        needs += [Dependency(key) for key in bound.refs if key != table.key]
    ordered = sorted(columns, key=lambda name: _position(catalog, table, name))
    member = PublicationMember(
        identity=_identity(publication, table.identity, None),
        publication=publication,
        table=table.identity,
        columns=tuple(ordered),
        row_filter=row_filter,
    )
    return member, needs, table.name


def _position(catalog: Catalog, table: Table, name: str) -> int:
    column: Any = catalog.find(("column", f"{table.identity}.{quote_ident(name)}"))
    return column.position if column is not None else 0


def _add(catalog: Catalog, publication: str, node: Node, statement: Statement) -> None:
    for member, needs, name in list(_members(catalog, publication, node, statement)):
        if member.key in catalog:
            what = "relation" if member.table else "schema"
            raise CatalogError("42710", f'{what} "{name}" is already member of publication "{publication}"')
        catalog.put(member, needs)


@executes("CreatePublicationStmt")
def create_publication(catalog: Catalog, node: Node, statement: Statement) -> None:
    """Make a publication and its members."""
    name = node["pubname"]
    existing = catalog.get(Publication, name)
    if existing is not None and not resolve.vacate(catalog, existing):
        raise CatalogError("42710", f'publication "{name}" already exists')
    operations = _operations(node)
    publication = Publication(
        identity=name,
        name=name,
        all_tables=bool(node.get("for_all_tables")),
        operations=_OPERATIONS if operations is None else operations,
        owner=catalog.role,
    )
    catalog.put(publication)
    _add(catalog, name, node, statement)


@executes("AlterPublicationStmt")
def alter_publication(catalog: Catalog, node: Node, statement: Statement) -> None:
    """ALTER PUBLICATION ... SET (options), and ADD, DROP and SET of members."""
    name = node["pubname"]
    publication = catalog.get(Publication, name)
    if publication is None:
        raise CatalogError("42704", f'publication "{name}" does not exist')
    if node.get("options"):
        operations = _operations(node)
        if operations is not None:
            catalog.put(replace(publication, operations=operations))
        return
    if publication.all_tables and publication.knows("all_tables"):
        raise CatalogError(
            "55000",
            f'publication "{name}" is defined as FOR ALL TABLES',
            detail="Tables cannot be added to or dropped from FOR ALL TABLES publications.",
        )
    action = node.get("action", "AP_AddObjects")
    if action == "AP_AddObjects":
        _add(catalog, name, node, statement)
    elif action == "AP_SetObjects":
        for member in catalog.of(PublicationMember):
            if member.publication == name:
                catalog.remove(member.key)
        _add(catalog, name, node, statement)
    else:
        _drop_members(catalog, publication, node, statement)


def _drop_members(catalog: Catalog, publication: Publication, node: Node, statement: Statement) -> None:
    for member, _, name in list(_members(catalog, publication.name, node, statement)):
        if member.key in catalog:
            catalog.remove(member.key)
        elif publication.knows("members"):
            if member.table:
                raise CatalogError("42704", f'relation "{name}" is not part of the publication')
            raise CatalogError("42704", f'tables from schema "{name}" are not part of the publication')


@executes("DropStmt", "OBJECT_PUBLICATION")
def drop_publication(catalog: Catalog, node: Node, statement: Statement) -> None:
    """DROP PUBLICATION: its members go with it."""
    for each in node["objects"]:
        name = string(each)
        if ("publication", name) in catalog:
            catalog.drop([("publication", name)], cascade=node.get("behavior") == "DROP_CASCADE")
        elif not node.get("missing_ok"):
            raise CatalogError("42704", f'publication "{name}" does not exist')


def _existing(catalog: Catalog, name: str) -> Publication:
    found = catalog.get(Publication, name)
    if found is None:
        raise CatalogError("42704", f'publication "{name}" does not exist')
    return found


@executes("RenameStmt", "OBJECT_PUBLICATION")
def rename_publication(catalog: Catalog, node: Node, statement: Statement) -> None:
    """ALTER PUBLICATION ... RENAME TO."""
    from ..rename import follow

    publication, new = _existing(catalog, string(node["object"])), node["newname"]
    if ("publication", new) in catalog:
        raise CatalogError("42710", f'publication "{new}" already exists')
    follow(catalog, publication.key, replace(publication, identity=new, name=new))
    for member in catalog.of(PublicationMember):
        if member.publication == publication.name:
            identity = _identity(new, member.table, member.schema)
            catalog.rename(member.key, replace(member, identity=identity, publication=new))


@executes("AlterOwnerStmt", "OBJECT_PUBLICATION")
def alter_publication_owner(catalog: Catalog, node: Node, statement: Statement) -> None:
    """ALTER PUBLICATION ... OWNER TO."""
    publication = _existing(catalog, string(node["object"]))
    catalog.put(replace(publication, owner=resolve.role(catalog, node["newowner"])))
