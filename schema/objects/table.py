"""Tables: ordinary, partitioned and foreign."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, TypedDict

from msgspec.structs import replace

from ..catalog import Acl, Catalog, CatalogError, Dependency, Node, Object, executes, strings
from ..dependency import to_relation
from ..live import named, ours
from ..meaning.lookup import find_relation, place_of
from ..meaning.resolve import query, relation, require_free, schema_for_creation, type_of
from ..names import name_of
from ..text.clauses import Span, after, until
from . import inheritance, like
from .column import Column, generate, identity_of
from .column_definition import Definitions, Draft, Outlined
from .constraint import KEYS
from .default_privilege import initial_acl
from .foreign_key import add_foreign_key
from .key import add_key
from .reloptions import parsed, stored

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ..source import Statement


class Table(Object, frozen=True, kw_only=True):
    """A row of ``pg_class`` with relkind r, p or f."""

    kind: ClassVar[str] = "table"
    internal: ClassVar[frozenset[str]] = frozenset(
        {"schema", "name", "acl", "server", "dropped_to", "partition_columns"}
    )
    live: ClassVar[str] = f"""
        select 'table' as kind, {named("n", "c.relname")} as identity, null::text as parent,
          pg_catalog.jsonb_build_object(
            'schema', n.nspname, 'name', c.relname,
            'relation_kind', case c.relkind when 'p' then 'partitioned' when 'f' then 'foreign' else 'table' end,
            'row_security', c.relrowsecurity, 'force_row_security', c.relforcerowsecurity,
            'persistence', case c.relpersistence when 'u' then 'unlogged' else 'permanent' end,
            'replica_identity', case c.relreplident when 'd' then 'default' when 'n' then 'nothing'
              when 'f' then 'full' else (select pg_catalog.quote_ident(ri.relname) from pg_catalog.pg_index i
                join pg_catalog.pg_class ri on ri.oid = i.indexrelid where i.indrelid = c.oid and i.indisreplident)
              end,
            'partition_of', case when c.relispartition then parents.identities -> 0 end,
            'partition_bound', pg_catalog.pg_get_expr(c.relpartbound, c.oid),
            'partition_key', case when c.relkind = 'p' then pg_catalog.pg_get_partkeydef(c.oid) end,
            'inherits', case when c.relispartition then '[]' else coalesce(parents.identities, '[]') end,
            'options', (select coalesce(pg_catalog.jsonb_agg(o order by o collate pg_catalog."C"), '[]')
                        from pg_catalog.unnest(c.reloptions) o),
            'owner', pg_catalog.pg_get_userbyid(c.relowner)) as attributes
        from pg_catalog.pg_class c
        join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        left join lateral (
          select pg_catalog.jsonb_agg({named("pn", "p.relname")} order by h.inhseqno) as identities
          from pg_catalog.pg_inherits h
          join pg_catalog.pg_class p on p.oid = h.inhparent
          join pg_catalog.pg_namespace pn on pn.oid = p.relnamespace
          where h.inhrelid = c.oid
        ) parents on true
        where c.relkind in ('r', 'p', 'f') and c.relpersistence <> 't' and {ours("n", "pg_class", "c.oid")}"""

    schema: str
    name: str
    relation_kind: str = "table"  # table | partitioned | foreign
    row_security: bool = False
    force_row_security: bool = False
    persistence: str = "permanent"  # permanent | unlogged | temporary
    replica_identity: str = "default"  # default | nothing | full | the name of an index
    partition_of: str | None = None
    partition_bound: str | None = None
    partition_key: str | None = None
    inherits: tuple[str, ...] = ()
    options: tuple[str, ...] = ()  # reloptions, name=value, sorted
    owner: str = "postgres"
    acl: Acl | None = None  # relacl; None: the built-in default
    server: str | None = None  # of a foreign table
    dropped_to: int = 0  # the highest attnum that a dropped column had
    partition_columns: tuple[str, ...] | None = None  # the plain columns of the key; None: there are others as well


_INCOMPLETE = frozenset({"columns", "constraints", "indexes"})
_PERSISTENCE = {"p": "permanent", "u": "unlogged", "t": "temporary"}


class _Element(TypedDict, total=False):
    """One of what stands between the parentheses of a CREATE TABLE."""

    ColumnDef: Outlined
    Constraint: dict[str, Any]
    TableLikeClause: dict[str, Any]


class _Outlined(TypedDict, total=False):
    """A CREATE TABLE, but for most of its columns' definitions."""

    relation: dict[str, Any]
    tableElts: list[_Element]
    partspec: dict[str, Any]
    options: list[Any]
    if_not_exists: bool
    inhRelations: Any
    partbound: Any
    ofTypename: Any


@executes("CreateStmt", shape=_Outlined)
def create_table(catalog: Catalog, node: Node, statement: Statement) -> None:
    """CREATE TABLE."""
    derives = "inhRelations" in node or "ofTypename" in node  # so does each partition
    _create(catalog, statement.node if derives else node, statement, "table")


@executes("CreateForeignTableStmt")
def create_foreign_table(catalog: Catalog, node: Node, statement: Statement) -> None:
    """CREATE FOREIGN TABLE."""
    _create(catalog, node["base"], statement, "foreign", node.get("servername"))


def _create(catalog: Catalog, node: Node, statement: Statement, kind: str, server: str | None = None) -> None:
    rangevar = node["relation"]
    place = _place(catalog, rangevar, if_not_exists=bool(node.get("if_not_exists")))
    if place is None:
        return
    parents = [_parent(catalog, each["RangeVar"]) for each in node.get("inhRelations", ())]
    bound = node.get("partbound")
    options = stored(parsed(node["options"], "table")) if "options" in node else ()
    elements = node.get("tableElts", ())
    typed = _of_type(catalog, node["ofTypename"], elements) if "ofTypename" in node else elements
    incomplete = typed is None or any(not each.knows("columns") for each in parents)
    table = _new(
        catalog,
        rangevar,
        place,
        relation_kind="partitioned" if "partspec" in node else kind,
        options=options,
        server=server,
        inherits=() if bound else tuple([each.identity for each in parents]),
        partition_of=parents[0].identity if bound else None,
        unknown=_INCOMPLETE if incomplete else frozenset(),
    )
    if bound:
        table = inheritance.with_bound(catalog, table, parents[0], bound, statement)
    catalog.put(table, _edges(catalog, node, parents, server))
    elements = typed if typed is not None else [each for each in elements if "Constraint" in each]
    drafts, copied = _columns(catalog, table, elements, parents, statement, node=node)
    written = [_new_constraint(constraint_) for each in drafts for constraint_ in each.constraints]
    written += [_new_constraint(each["Constraint"]) for each in elements if "Constraint" in each]
    keyed = {name for each in written if each["contype"] == "CONSTR_PRIMARY" for name in strings(each["keys"])}
    columns = [replace(each.column, not_null=True) if each.column.name in keyed else each.column for each in drafts]
    catalog.put_first(table.identity, zip(columns, [each.edges for each in drafts], strict=True))
    for each in drafts:
        if each.generated is not None:
            column, needs = generate(catalog, table, each.column, each.generated, statement)
            catalog.put(column, [*each.edges, *needs])
    if "partspec" in node:
        table = catalog.put(inheritance.with_key(catalog, table, node["partspec"], statement))
    inheritance.copy_constraints(catalog, table, parents)
    _constraints(catalog, table, statement, written=written, copied=copied, partitioned=parents if bound else ())


def _edges(catalog: Catalog, node: Node, parents: list[Table], server: str | None) -> list[Dependency]:
    """What a new table needs: a partition goes with its parent, a child table only with CASCADE."""
    edges = [Dependency(each.key, auto="partbound" in node) for each in parents]
    if server is not None:
        from ..bystander_made import server_key

        edges.append(Dependency(server_key(catalog, server)))
    if "ofTypename" in node:
        _, of_type = type_of(catalog, node["ofTypename"])
        edges += [Dependency(of_type)] if of_type else []
    return edges


def _place(catalog: Catalog, rangevar: Node, *, if_not_exists: bool) -> tuple[str, str] | None:
    """Where a new table comes to be: (schema, name); None where IF NOT EXISTS finds one. Raises 42P07."""
    schema, name = schema_for_creation(catalog, rangevar), rangevar["relname"]
    if if_not_exists:
        found = find_relation(catalog, [schema, name])
        if found is not None and found.origin != "assumed":
            return None
    require_free(catalog, schema, name, rangevar.get("location"))
    for column in catalog.children(name_of(schema, name), Column):  # of the table that was assumed in its place
        catalog.remove(column.key)
    return schema, name


def _new(catalog: Catalog, rangevar: Node, place: tuple[str, str], **attributes: Any) -> Table:
    """A table in its place, as yet without anything."""
    schema, name = place
    return Table(
        identity=name_of(schema, name),
        schema=schema,
        name=name,
        persistence=_PERSISTENCE[rangevar.get("relpersistence", "p")],
        owner=catalog.role,
        acl=initial_acl(catalog, "tables", catalog.role, schema),
        **attributes,
    )


def _parent(catalog: Catalog, rangevar: Node) -> Table:
    found = relation(catalog, rangevar)
    if not isinstance(found, Table):
        raise CatalogError("42809", f'inherited relation "{rangevar["relname"]}" is not a table or foreign table')
    return found


def _of_type(catalog: Catalog, node: Node, elements: Iterable[Node]) -> list[Node] | None:
    """The columns of a table OF a composite type, with the options written for them; None where they are not known."""
    _, key = type_of(catalog, node)
    found: Any = catalog.find(key) if key else None
    if found is None or found.kind != "type" or not found.knows("attributes_"):
        return None
    if found.type_kind != "composite":
        raise CatalogError("42809", f"type {found.identity} is not a composite type", place_of(node))
    from ..parser import parse

    (raw,) = parse(f"create table t ({', '.join(found.attributes_)})")
    columns = {each["ColumnDef"]["colname"]: each["ColumnDef"] for each in raw.stmt["CreateStmt"].get("tableElts", ())}
    for each in elements:
        if options := each.get("ColumnDef"):
            if options["colname"] not in columns:
                raise CatalogError("42703", f'column "{options["colname"]}" does not exist', place_of(options))
            columns[options["colname"]] = {**columns[options["colname"]], **options}
    return [*({"ColumnDef": each} for each in columns.values()), *(each for each in elements if "Constraint" in each)]


def _columns(
    catalog: Catalog,
    table: Table,
    elements: Sequence[Node],
    parents: list[Table],
    statement: Statement,
    *,
    node: Node,
) -> tuple[list[Draft], list[tuple[Table, int]]]:
    """All columns of a new table, the inherited ones first, and what LIKE is to copy later.

    Raises 42701 for a column named twice.
    """
    drafts: dict[str, Draft] = {}
    for each in inheritance.inherited_columns(catalog, table, parents):
        drafts[each.column.name] = each
    local: set[str] = set()
    copied: list[tuple[Table, int]] = []
    definitions = Definitions(catalog, table, statement, here="ofTypename" not in node)
    partition = "partbound" in node
    for number, (element, end) in enumerate(zip(elements, _ends(elements, statement), strict=False)):
        if "ColumnDef" in element:
            body = element["ColumnDef"]
            if partition:
                found = inheritance.overridden(catalog, table, drafts.get(body["colname"]), body, statement)
            else:
                found = definitions.read(body, len(drafts) + 1, end, number)
            fresh = [found]
        elif "TableLikeClause" in element:
            source, options = like.source_of(catalog, element["TableLikeClause"]), element["TableLikeClause"]
            fresh = like.columns(catalog, table, source, options.get("options", 0), len(drafts))
            if isinstance(source, Table):
                copied.append((source, options.get("options", 0)))
        else:
            continue
        for each in fresh:
            name = each.column.name
            if name in local:
                raise CatalogError("42701", f'column "{name}" specified more than once')
            local.add(name)
            merged = each if partition or name not in drafts else inheritance.merged(drafts[name], each)
            drafts[name] = merged
    return list(drafts.values()), copied


def _ends(elements: Sequence[Node], statement: Statement) -> list[int]:
    """Where each element of a new table has surely ended: where the next one begins, else where the statement ends."""
    base, bodies = statement.base, [each.get("ColumnDef") or each.get("Constraint") for each in elements[1:]]
    return [*[statement.end if each is None else base + each["location"] for each in bodies], statement.end]


def _new_constraint(node: Node) -> Node:
    """A constraint of a new table (or column) is valid, whatever it says."""
    return {**node, "skip_validation": False} if node.get("skip_validation") else node


def _constraints(
    catalog: Catalog,
    table: Table,
    statement: Statement,
    *,
    written: list[Node],
    copied: list[tuple[Table, int]],
    partitioned: Iterable[Table],
) -> None:
    """Add the constraints in the server's order: CHECK, keys (the primary one first), LIKE's, foreign keys."""
    for node in written:
        if node["contype"] == "CONSTR_CHECK":
            inheritance.add_or_merge_check(catalog, table, node, statement)
    for source, options in copied:
        like.checks(catalog, table, source, options)
    for node in _distinct_keys(table, [each for each in written if each["contype"] in KEYS]):
        add_key(catalog, table, node, statement)
    for parent in partitioned:
        inheritance.partition_indexes(catalog, parent, table)
    for source, options in copied:
        like.indexes(catalog, table, source, options)
    for node in written:
        if node["contype"] == "CONSTR_FOREIGN":
            add_foreign_key(catalog, table, node, statement)
    for parent in partitioned:
        inheritance.copy_foreign_keys(catalog, parent, table)
        inheritance.copy_triggers(catalog, parent, table)
    for source, options in copied:
        like.comments(catalog, table, source, options)


def _distinct_keys(table: Table, keys: list[Node]) -> list[Node]:
    """The keys to make, the primary one first, and one of those that say the same. Raises 42P16 for two primary."""
    if len(keys) < 2:
        return keys
    primary = [each for each in keys if each["contype"] == "CONSTR_PRIMARY"]
    if len(primary) > 1:
        message = f'multiple primary keys for table "{table.name}" are not allowed'
        raise CatalogError("42P16", message, primary[1].get("location"))
    kept: list[dict[str, Any]] = []
    for node in [*primary, *(each for each in keys if each["contype"] != "CONSTR_PRIMARY")]:
        same = next((each for each in kept if "exclusions" not in node and _same_key(each, node)), None)
        if same is None:
            kept.append(dict(node))
        elif "conname" not in same and "conname" in node:
            same["conname"] = node["conname"]
    return list(kept)


def _same_key(left: Node, right: Node) -> bool:
    words = ("nulls_not_distinct", "deferrable", "initdeferred")
    return all(
        [each["String"].get("sval") for each in left.get(name, ())]
        == [each["String"].get("sval") for each in right.get(name, ())]
        for name in ("keys", "including")
    ) and all(bool(left.get(word)) == bool(right.get(word)) for word in words)


# -- CREATE TABLE AS ----------------------------------------------------------------------------------------


@executes("CreateTableAsStmt")
def create_table_as(catalog: Catalog, node: Node, statement: Statement) -> None:
    """CREATE TABLE ... AS, and CREATE MATERIALIZED VIEW."""
    if node.get("objtype") == "OBJECT_MATVIEW":
        from .view import create_materialized_view

        create_materialized_view(catalog, node, statement)
        return
    rangevar = node["into"]["rel"]
    start = after(statement, statement.base + rangevar.get("location", 0), "as")
    make_from(
        catalog,
        node["into"],
        node["query"],
        until(statement, start),
        statement,
        if_not_exists=bool(node.get("if_not_exists")),
    )


def select_into(catalog: Catalog, node: Node, statement: Statement) -> None:
    """SELECT ... INTO: ``node`` is the SelectStmt with its intoClause."""
    body = {name: value for name, value in node.items() if name != "intoClause"}
    make_from(
        catalog,
        node["intoClause"],
        {"SelectStmt": body},
        (statement.start, statement.end),
        statement,
        if_not_exists=False,
    )


def make_from(
    catalog: Catalog, into: Node, source: Node, span: Span, statement: Statement, *, if_not_exists: bool
) -> None:
    """Make a table with the columns of a query's result. Raises 42701 for a name twice, 42601 for too many names."""
    place = _place(catalog, into["rel"], if_not_exists=if_not_exists)
    if place is None:
        return
    table = _new(catalog, into["rel"], place, options=stored(parsed(into.get("options", ()), "table")))
    names = strings(into.get("colNames", ()))
    bound = query(catalog, statement, source, span) if "SelectStmt" in source else None
    if bound is None or not bound.known:
        catalog.put(replace(table, unknown=frozenset({"columns"})), ())
        return
    if len(names) > len(bound.columns):
        raise CatalogError("42601", "too many column names were specified")
    catalog.put(table, ())
    seen: set[str] = set()
    for position, each in enumerate(bound.columns, 1):
        name = names[position - 1] if position <= len(names) else each.name
        if name in seen:
            raise CatalogError("42701", f'column "{name}" specified more than once')
        seen.add(name)
        catalog.put(
            Column(
                identity=identity_of(table.identity, name),
                table=table.identity,
                name=name,
                position=position,
                type=each.type or "?",
                unknown=frozenset({"collation"} if each.type else {"type", "collation"}),
            ),
            to_relation("table"),
        )


@executes("TruncateStmt")
def truncate(catalog: Catalog, node: Node, statement: Statement) -> None:
    """TRUNCATE, which changes nothing here but may name what is not there."""
    for each in node["relations"]:
        found = relation(catalog, each["RangeVar"])
        if found.kind != "table":
            raise CatalogError(
                "42809", f'"{each["RangeVar"]["relname"]}" is not a table', each["RangeVar"].get("location")
            )
