"""Indexes, those behind constraints among them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from sys import intern
from typing import TYPE_CHECKING, ClassVar

import msgspec
from msgspec.structs import replace

from ..catalog import Catalog, CatalogError, Comparison, Dependency, Node, Object, executes
from ..dependency import Edges, to_columns, to_relation
from ..expression import compare, compare_keys
from ..live import named, ours
from ..meaning.lookup import find_relation
from ..meaning.resolve import bind, relation, require_free
from ..names import name_of, quote_ident
from ..store import NOTHING_UNKNOWN
from ..text.clauses import Span, after, parenthesised, tokens, until
from .column import Column, identity_of, refuse_subquery
from .immutable import require_immutable
from .names_given import of_index
from .operator_class import require_default, written_class
from .reloptions import parsed, stored

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..source import Statement
    from .view import ViewColumn


class Index(Object, frozen=True, kw_only=True):
    """A row of ``pg_index``."""

    kind: ClassVar[str] = "index"
    internal: ClassVar[frozenset[str]] = frozenset({"schema", "name", "keys", "reads", "primary", "parent"})
    comparisons: ClassVar[Mapping[str, Comparison]] = {"columns": compare_keys, "predicate": compare}
    live: ClassVar[str] = f"""
        select 'index' as kind, {named("n", "c.relname")} as identity, {named("tn", "t.relname")} as parent,
          pg_catalog.jsonb_build_object(
            'schema', n.nspname, 'name', c.relname, 'table', {named("tn", "t.relname")}, 'unique', i.indisunique,
            'method', am.amname, 'nulls_not_distinct', i.indnullsnotdistinct, 'valid', i.indisvalid,
            'primary', i.indisprimary, 'definition', pg_catalog.pg_get_indexdef(i.indexrelid),
            'predicate', pg_catalog.pg_get_expr(i.indpred, i.indrelid),
            'options', (select coalesce(pg_catalog.jsonb_agg(o order by o collate pg_catalog."C"), '[]')
                        from pg_catalog.unnest(c.reloptions) o),
            'constraint', (select k.conname from pg_catalog.pg_constraint k
                           where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x')),
            'columns', (
              select pg_catalog.jsonb_agg(
                pg_catalog.pg_get_indexdef(i.indexrelid, at.n, false)
                || case when i.indcollation[at.n - 1] <> ta.attcollation or ta.attnum is null
                     and pg_catalog.strpos(pg_catalog.pg_get_indexdef(i.indexrelid),
                       pg_catalog.pg_get_indexdef(i.indexrelid, at.n, false) || ' COLLATE ') > 0
                   then ' COLLATE ' || case when cn.nspname = 'pg_catalog' then ''
                     else pg_catalog.quote_ident(cn.nspname) || '.' end || pg_catalog.quote_ident(co.collname)
                   else '' end
                || case when oc.opcdefault then '' else ' ' || case when ocn.nspname = 'pg_catalog' then ''
                     else pg_catalog.quote_ident(ocn.nspname) || '.' end || pg_catalog.quote_ident(oc.opcname) end
                || case when ka.attoptions is null then '' else ' (' || (
                     select pg_catalog.string_agg(pg_catalog.split_part(o, '=', 1) || '='
                       || pg_catalog.quote_literal(pg_catalog.split_part(o, '=', 2)), ', ')
                     from pg_catalog.unnest(ka.attoptions) o) || ')' end
                || case i.indoption[at.n - 1] & 3 when 1 then ' DESC NULLS LAST' when 2 then ' NULLS FIRST'
                     when 3 then ' DESC' else '' end
                order by at.n)
              from pg_catalog.generate_series(1, i.indnkeyatts::integer) at(n)
              join pg_catalog.pg_attribute ka on ka.attrelid = i.indexrelid and ka.attnum = at.n
              join pg_catalog.pg_opclass oc on oc.oid = i.indclass[at.n - 1]
              join pg_catalog.pg_namespace ocn on ocn.oid = oc.opcnamespace
              left join pg_catalog.pg_attribute ta on ta.attrelid = i.indrelid and ta.attnum = i.indkey[at.n - 1]
                and i.indkey[at.n - 1] > 0
              left join pg_catalog.pg_collation co on co.oid = i.indcollation[at.n - 1]
              left join pg_catalog.pg_namespace cn on cn.oid = co.collnamespace),
            'keys', (
              select pg_catalog.jsonb_agg(ta.attname order by at.n)
              from pg_catalog.generate_series(1, i.indnkeyatts::integer) at(n)
              left join pg_catalog.pg_attribute ta on ta.attrelid = i.indrelid and ta.attnum = i.indkey[at.n - 1]
                and i.indkey[at.n - 1] > 0),
            'include', (
              select coalesce(pg_catalog.jsonb_agg(ta.attname order by at.n), '[]')
              from pg_catalog.generate_series(i.indnkeyatts + 1, i.indnatts::integer) at(n)
              join pg_catalog.pg_attribute ta on ta.attrelid = i.indrelid and ta.attnum = i.indkey[at.n - 1])
          ) as attributes
        from pg_catalog.pg_index i
        join pg_catalog.pg_class c on c.oid = i.indexrelid
        join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        join pg_catalog.pg_am am on am.oid = c.relam
        join pg_catalog.pg_class t on t.oid = i.indrelid
        join pg_catalog.pg_namespace tn on tn.oid = t.relnamespace
        where t.relkind in ('r', 'p', 'm') and t.relpersistence <> 't' and {ours("n", "pg_class", "t.oid")}"""

    schema: str
    name: str
    table: str
    unique: bool = False
    method: str = "btree"
    columns: tuple[str, ...] = ()  # each key as pg_get_indexdef prints it: "created_at DESC", "lower(email)"
    include: tuple[str, ...] = ()
    predicate: str | None = None
    nulls_not_distinct: bool = False
    options: tuple[str, ...] = ()  # reloptions, name=value, sorted
    valid: bool = True
    constraint: str | None = None  # name of the constraint it backs
    primary: bool = False
    keys: tuple[str | None, ...] = ()  # the plain column of each key, None for an expression
    reads: frozenset[str] = frozenset()  # every column it touches, through keys, expressions, INCLUDE, predicate
    parent: str | None = None  # identity of the partitioned index it is a part of


class Key(msgspec.Struct, frozen=True):
    """One key of an index as read."""

    text: str  # as pg_get_indexdef prints it, with collation, operator class and order
    column: str | None
    reads: frozenset[str]
    edges: tuple[Dependency, ...] = ()
    known: bool = True


# What of the built-in access methods can do what (pg_indexam_has_property, PostgreSQL 15 to 18)
_UNIQUE, _ORDERED = frozenset({"btree"}), frozenset({"btree"})
_INCLUDES = frozenset({"btree", "gist", "spgist"})
_MANY = frozenset({"btree", "gist", "gin", "brin"})
_EXCLUDES = frozenset({"btree", "hash", "gist", "spgist"})
_BUILT_IN_METHODS = frozenset({"btree", "hash", "gist", "gin", "spgist", "brin"})
_METHODS_OF_EXTENSIONS = frozenset(
    {"hnsw", "ivfflat", "bloom", "rum", "pgroonga", "zombodb", "bm25", "diskann", "scann"}
)
_BARE = frozenset(
    {"FuncCall", "CoalesceExpr", "MinMaxExpr", "SQLValueFunction", "XmlExpr"}
)  # printed without parentheses


@executes("IndexStmt")
def create_index(catalog: Catalog, node: Node, statement: Statement) -> None:
    """CREATE INDEX."""
    table = relation(catalog, node["relation"])
    relation_kind = getattr(table, "relation_kind", None)
    if relation_kind == "foreign" or not (table.kind == "table" or relation_kind == "materialized"):
        words = "views" if table.kind == "view" else "foreign tables" if table.kind == "table" else f"{table.kind}s"
        raise CatalogError(
            "42809",
            f'cannot create index on relation "{node["relation"]["relname"]}"',
            detail=f"This operation is not supported for {words}.",
        )
    name = node.get("idxname")
    schema: str = table.schema  # type: ignore[attr-defined]  # tables and views have one
    index, edges = _read(catalog, table, node, statement)  # the server looks at the columns before the name
    if name is None:
        everything = [each["IndexElem"] for each in (*node["indexParams"], *node.get("indexIncludingParams", ()))]
        name = of_index(catalog, schema, table.name, everything, "idx")  # type: ignore[attr-defined]  # as above
    elif node.get("if_not_exists") and (found := find_relation(catalog, [schema, name])) and found.origin != "assumed":
        return
    else:
        require_free(catalog, schema, name)
    index = replace(index, identity=name_of(schema, name), schema=schema, name=name, needs=edges)
    require_partition_key(table, index)
    partitioned = relation_kind == "partitioned"
    if partitioned and node.get("concurrent"):
        message = f'cannot create index on partitioned table "{node["relation"]["relname"]}" concurrently'
        raise CatalogError("0A000", message)
    catalog.add(index)
    if partitioned:
        from .inheritance import index_partitions

        index_partitions(catalog, table, index, only=not node["relation"].get("inh"))


def _read(catalog: Catalog, table: Object, node: Node, statement: Statement) -> tuple[Index, Edges]:
    """Read an IndexStmt: the index, still without a name, and its edges.

    Raises 42703 for a column, 42704 for an access method or an operator class, 0A000 for what the access method
    cannot do.
    """
    method = intern(node.get("accessMethod", "btree"))
    elements = [each["IndexElem"] for each in node["indexParams"]]
    _require_ability(node, method, elements)
    where = node.get("whereClause")
    span = (0, 0)
    if where is not None or [each for each in elements if "name" not in each]:
        span = parenthesised(statement, statement.base + node["relation"].get("location", 0))
    keys = read_keys(catalog, table, elements, span, statement, method=method)
    include = tuple([each["IndexElem"]["name"] for each in node.get("indexIncludingParams", ())])
    for each in include:
        require_column(catalog, table, each)
    predicate, reads, edges = read_predicate(catalog, table, where, span[1], statement)
    index = build(
        table.identity,
        method,
        keys,
        unique=bool(node.get("unique")),
        include=include,
        predicate=predicate,
        reads=reads,
        nulls_not_distinct=bool(node.get("nulls_not_distinct")),
        options=stored(parsed(node["options"], "index")) if "options" in node else (),
    )
    own = edges_of(table, index, keys)
    return index, (*own, *edges) if edges else own


def _require_ability(node: Node, method: str, elements: Sequence[Node]) -> None:
    if method == "btree" or method in _METHODS_OF_EXTENSIONS:
        return  # the one can do all of this, what the others can is theirs to say
    if method not in _BUILT_IN_METHODS:
        raise CatalogError("42704", f'access method "{method}" does not exist')
    refused = None
    if node.get("unique") and method not in _UNIQUE:
        refused = "unique indexes"
    elif node.get("indexIncludingParams") and method not in _INCLUDES:
        refused = "included columns"
    elif len(elements) > 1 and method not in _MANY:
        refused = "multicolumn indexes"
    elif method not in _ORDERED:
        for each in elements:
            if each.get("ordering", "SORTBY_DEFAULT") != "SORTBY_DEFAULT":
                refused = "ASC/DESC options"
            elif each.get("nulls_ordering", "SORTBY_NULLS_DEFAULT") != "SORTBY_NULLS_DEFAULT":
                refused = "NULLS FIRST/LAST options"
    if refused:
        raise CatalogError("0A000", f'access method "{method}" does not support {refused}')


def require_exclusion(method: str) -> None:
    """Raise 0A000 where an access method cannot serve an exclusion constraint."""
    if method in _BUILT_IN_METHODS and method not in _EXCLUDES:
        raise CatalogError("0A000", f'access method "{method}" does not support exclusion constraints')


def require_column(catalog: Catalog, table: Object, name: str) -> Column | ViewColumn | None:
    """The column that an index names, None where it is not known. Raises 42703."""
    column = catalog.get(Column, identity_of(table.identity, name))
    if column is not None:
        return column
    for each in getattr(table, "columns", ()):  # of a materialized view
        if each.name == name:
            return each  # type: ignore[no-any-return]  # they are ViewColumns
    if table.knows("columns"):
        raise CatalogError("42703", f'column "{name}" does not exist')
    return None


def _type_of(column: Column | ViewColumn | None) -> str | None:
    """The type of a column, None where it is not known."""
    if column is None or (isinstance(column, Column) and not column.knows("type")):
        return None
    return column.type or None


# -- keys ------------------------------------------------------------------------------------------------------

_BY_DEFAULT = {"ordering": "SORTBY_DEFAULT", "nulls_ordering": "SORTBY_NULLS_DEFAULT"}


def read_keys(
    catalog: Catalog, table: Object, elements: Sequence[Node], span: Span, statement: Statement, *, method: str
) -> list[Key]:
    """Read the keys of an index, IndexElem nodes that stand, separated by commas, in ``span``."""
    if not [each for each in elements if "name" not in each]:
        return [_key(catalog, table, each, None, statement, method=method) for each in elements]
    spans = list(_elements(statement, span))
    return [_key(catalog, table, each, at, statement, method=method) for each, at in zip(elements, spans, strict=True)]


def _elements(statement: Statement, span: Span) -> Iterator[Span]:
    """The expressions in a list of index elements, without what stands behind each."""
    depth, begin, end = 0, -1, -1
    data = statement.source.data
    for kind, first, last in tokens(data, *span):
        token = data[first:last] if kind == "mark" else b""
        if begin < 0:
            begin, end = first, -1
        if token in {b"(", b"["}:
            depth += 1
        elif token in {b")", b"]"}:
            depth -= 1
            if not depth and end < 0:
                end = last
        elif token == b"," and not depth:
            yield begin, end if end >= 0 else first
            begin = -1
    if begin >= 0:
        yield begin, end if end >= 0 else span[1]


def _key(
    catalog: Catalog, table: Object, element: Node, span: Span | None, statement: Statement, *, method: str
) -> Key:
    name = element.get("name", "")
    if element == {**_BY_DEFAULT, "name": name}:
        require_class(catalog, require_column(catalog, table, name), method)
        return plain_key(name)
    expression = element.get("expr")
    bare = _bare_column(expression) if expression else name
    edges: tuple[Dependency, ...] = ()
    if bare is not None:
        kind = _type_of(require_column(catalog, table, bare))
        text, reads = quote_ident(bare), frozenset({bare})
    else:
        assert span is not None, "an expression has a place"  # noqa: S101 - says what the type cannot
        begin, end = span
        if statement.source.data[begin : begin + 1] == b"(":
            begin, end = parenthesised(statement, begin)
        refuse_subquery(statement, expression or {}, (begin, end), "index expression")
        bound = bind(catalog, statement, expression or {}, (begin, end), table)
        require_immutable(catalog, expression or {}, bound.refs, table, "functions in index expression")
        text = bound.text if next(iter(expression or {})) in _BARE else f"(({bound.text}))"
        kind, reads = bound.type, bound.columns
        edges = _others(table, bound.refs)
    known = True
    if collation := _collation(element):
        text += f" COLLATE {collation}"
    if "opclass" in element:
        suffix, known = written_class(catalog, element, method)
        text += suffix
    else:
        require_default(catalog, kind, method)
    return Key(text + _order(element), bare, reads, edges, known)


@lru_cache(4096)  # as ``_shape``
def plain_key(name: str) -> Key:
    """A key that is a column and no more."""
    return Key(quote_ident(name), name, frozenset({name}))


def require_class(catalog: Catalog, column: Column | ViewColumn | None, method: str) -> None:
    """Raise 42704 where the type of a column surely has no default operator class for an access method."""
    require_default(catalog, _type_of(column), method)


def _bare_column(expression: Node) -> str | None:
    """The column, where an expression is but a column in parentheses."""
    while "CollateClause" in expression:
        expression = expression["CollateClause"]["arg"]
    fields = expression.get("ColumnRef", {}).get("fields", ())
    if len(fields) == 1 and "String" in fields[0]:
        return str(fields[0]["String"].get("sval", ""))
    return None


def _collation(element: Node) -> str:
    names = element.get("collation")
    if not names and "expr" in element and _bare_column(element["expr"]) is not None:
        names = element["expr"].get("CollateClause", {}).get("collname")
    if not names:
        return ""
    parts = [each["String"].get("sval", "") for each in names]
    if len(parts) > 1 and parts[-2] == "pg_catalog":
        parts = parts[-1:]
    return ".".join(quote_ident(each) for each in parts)


def _order(element: Node) -> str:
    descending = element.get("ordering") == "SORTBY_DESC"
    nulls = element.get("nulls_ordering")
    if descending:
        return " DESC NULLS LAST" if nulls == "SORTBY_NULLS_LAST" else " DESC"
    return " NULLS FIRST" if nulls == "SORTBY_NULLS_FIRST" else ""


def _others(table: Object, refs: Iterable[tuple[str, str]]) -> tuple[Dependency, ...]:
    """The edges to what an expression reads beside its own table."""
    prefix = table.identity + "."
    return tuple(
        Dependency(ref) for ref in refs if ref != table.key and not (ref[0] == "column" and ref[1].startswith(prefix))
    )


def read_predicate(
    catalog: Catalog, table: Object, node: Node | None, start: int, statement: Statement
) -> tuple[str | None, frozenset[str], tuple[Dependency, ...]]:
    """Read the WHERE of an index that stands behind an offset: its text, its columns, its edges."""
    if node is None:
        return None, frozenset(), ()
    span = until(statement, after(statement, start, "where"))
    refuse_subquery(statement, node, span, "index predicate")
    bound = bind(catalog, statement, node, span, table)
    require_immutable(catalog, node, bound.refs, table, "functions in index predicate")
    return bound.text, bound.columns, _others(table, bound.refs)


def require_partition_key(table: Object, index: Index) -> None:
    """Raise 0A000 where a unique index of a partitioned table lacks a column of the partition key."""
    columns = getattr(table, "partition_columns", None)
    if columns is None or not (index.unique or index.constraint):
        return
    words = "PRIMARY KEY" if index.primary else "UNIQUE" if index.unique else "EXCLUDE"
    for column in columns:
        if column not in index.keys:
            raise CatalogError(
                "0A000",
                "unique constraint on partitioned table must include all partitioning columns",
                detail=f'{words} constraint on table "{getattr(table, "name", "")}" lacks column "{column}" '
                "which is part of the partition key.",
            )


# -- building --------------------------------------------------------------------------------------------------


def build(
    table: str,
    method: str,
    keys: Sequence[Key],
    *,
    primary: bool = False,
    unique: bool = False,
    include: tuple[str, ...] = (),
    predicate: str | None = None,
    reads: frozenset[str] = frozenset(),
    nulls_not_distinct: bool = False,
    options: tuple[str, ...] = (),
) -> Index:
    """An index of these keys, without a name as yet (``titled`` gives it one)."""
    columns, plain, everything, known = _shape(tuple(keys), include, reads)
    return Index(
        identity="",
        schema="",
        name="",
        table=table,
        unique=unique,
        method=method,
        columns=columns,
        include=include,
        predicate=predicate,
        nulls_not_distinct=nulls_not_distinct,
        options=options,
        primary=primary,
        keys=plain,
        reads=everything,
        unknown=NOTHING_UNKNOWN if known else frozenset({"columns"}),
    )


@lru_cache(4096)  # most indexes are on the same few columns' names
def _shape(
    keys: tuple[Key, ...], include: tuple[str, ...], reads: frozenset[str]
) -> tuple[tuple[str, ...], tuple[str | None, ...], frozenset[str], bool]:
    """What the keys of an index come to: their texts, their columns, all that is read, and whether they are known."""
    texts, columns = tuple(each.text for each in keys), tuple(each.column for each in keys)
    return texts, columns, reads.union(include, *(each.reads for each in keys)), all(each.known for each in keys)


def titled(index: Index, schema: str, name: str) -> Index:
    """The index under this name."""
    return replace(index, identity=name_of(schema, name), schema=schema, name=name)


def definition(index: Index, name: str) -> str:
    """The definition of an index of this name, as ``pg_get_indexdef`` writes it."""
    text = f"CREATE {'UNIQUE ' if index.unique else ''}INDEX {quote_ident(name)} ON {index.table} "
    text += f"USING {index.method} ({', '.join(index.columns)})"
    if index.include:
        text += f" INCLUDE ({', '.join(quote_ident(each) for each in index.include)})"
    if index.nulls_not_distinct:
        text += " NULLS NOT DISTINCT"
    if index.options:
        shown = (f"{name}='{value}'" for name, _, value in (each.partition("=") for each in index.options))
        text += f" WITH ({', '.join(shown)})"
    if index.predicate is not None:
        text += f" WHERE ({index.predicate})"
    return text


def edges_of(table: Object, index: Index, keys: Iterable[Key] = ()) -> Edges:
    """The edges of an index to its table, its columns, and what its expressions call."""
    own = to_columns(tuple(sorted(index.reads))) if table.kind == "table" else to_relation(table.kind)
    others = [edge for key in keys for edge in key.edges]
    return (*own, *others) if others else own
