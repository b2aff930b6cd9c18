"""PRIMARY KEY, UNIQUE and EXCLUDE: constraints with an index behind them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from ..catalog import Catalog, CatalogError, Dependency, Node, strings
from ..dependency import Edges, to_columns, to_key
from ..meaning.resolve import require_free
from ..names import kept, name_of, quote_ident
from ..store import NOTHING_UNKNOWN
from ..text.clauses import parenthesised
from .column import Column, column_named, identity_of
from .constraint import KEYS, Constraint, identity_on, primary_key, require_free_name, timing
from .index import (
    Index,
    build,
    plain_key,
    read_keys,
    read_predicate,
    require_class,
    require_exclusion,
    require_partition_key,
    titled,
)
from .names_given import of_index
from .reloptions import parsed, stored

if TYPE_CHECKING:
    from ..source import Statement
    from .table import Table


def add_key(catalog: Catalog, table: Table, node: Node, statement: Statement) -> Constraint:
    """Add a PRIMARY KEY, UNIQUE or EXCLUDE constraint and its index.

    Raises 42P16 for a second primary key,
    42703 and 42701 for its columns, 42P07 and 42710 for a name in use.
    """
    kind, position = KEYS[node["contype"]], node.get("location")
    if kind == "primary_key" and primary_key(catalog, table):
        raise CatalogError("42P16", f'multiple primary keys for table "{table.name}" are not allowed', position)
    if table.relation_kind == "foreign":
        words = {"primary_key": "primary key", "exclusion": "exclusion"}.get(kind, kind)
        raise CatalogError("0A000", f"{words} constraints are not supported on foreign tables", position)
    exclusions = _excluded(node) if "exclusions" in node else []
    columns = {} if exclusions else _key_columns(catalog, table, node, kind)
    including = tuple(strings(node["including"])) if "including" in node else ()
    for name in including:
        _required(catalog, table, name, position)
    name = node.get("conname", "")
    if name:
        require_free(catalog, table.schema, name, position)
        identity = require_free_name(catalog, table, name, position)
    else:  # a given name is free
        everything = exclusions + [{"name": each} for each in (*columns, *including)]
        name = of_index(catalog, table.schema, table.name, everything, _LABELS[kind])
        identity = identity_on(name, table.identity)
    if kind == "primary_key":
        set_not_null(catalog, columns.values())
    shape = _shape_of(node, including)
    if exclusions:
        constraint, index = _exclusion(catalog, table, node, statement, shape)
    else:
        for column in columns.values():
            require_class(catalog, column, "btree")
        constraint, index = _plain(kind, tuple(columns), shape)
    index = replace(
        index,
        identity=name_of(table.schema, name),
        schema=table.schema,
        name=name,
        table=table.identity,
        constraint=name,
    )
    require_partition_key(table, index)
    made = replace(constraint, identity=identity, table=table.identity, index=index.identity)
    catalog.add(made)
    catalog.add(index)
    return made


_LABELS = {"primary_key": "pkey", "unique": "key", "exclusion": "excl"}  # of the names that are given


def _key_columns(catalog: Catalog, table: Table, node: Node, kind: str) -> dict[str, Column | None]:
    """The columns of a key by their names, in its order; None for one that the table may have."""
    columns: dict[str, Column | None] = {}
    for name in strings(node["keys"]):
        if name in columns:
            words = "primary key" if kind == "primary_key" else "unique"
            raise CatalogError("42701", f'column "{name}" appears twice in {words} constraint', node.get("location"))
        columns[name] = _required(catalog, table, name, node.get("location"))
    return columns


def _required(catalog: Catalog, table: Table, name: str, position: int | None) -> Column | None:
    column = catalog.get(Column, identity_of(table.identity, name))
    if column is None and table.knows("columns"):
        raise CatalogError("42703", f'column "{name}" named in key does not exist', position)
    return column


def set_not_null(catalog: Catalog, columns: Iterable[Column | None]) -> None:
    """Mark columns NOT NULL, as a primary key does; None is one that may be there."""
    for column in columns:
        if column is not None and not column.not_null:
            catalog.put(replace(column, not_null=True))


class _Shape(msgspec.Struct, frozen=True):
    """What is said of a key beside its columns."""

    including: tuple[str, ...]
    options: tuple[str, ...]
    nulls_not_distinct: bool
    deferrable: bool
    deferred: bool


def _shape_of(node: Node, including: tuple[str, ...]) -> _Shape:
    deferred = bool(node.get("initdeferred"))
    return _Shape(
        including=including,
        options=stored(parsed(node["options"], "index")) if "options" in node else (),
        nulls_not_distinct=bool(node.get("nulls_not_distinct")),
        deferrable=deferred or bool(node.get("deferrable")),
        deferred=deferred,
    )


@lru_cache(1024)  # most tables have a key on "id"
def _plain(kind: str, columns: tuple[str, ...], shape: _Shape) -> tuple[Constraint, Index]:
    """A primary key or unique constraint and its index, as they are in any table."""
    index = build(
        "",
        "btree",
        [plain_key(each) for each in columns],
        primary=kind == "primary_key",
        unique=True,
        include=shape.including,
        nulls_not_distinct=shape.nulls_not_distinct,
        options=shape.options,
    )
    reads = tuple(sorted(index.reads))
    return _constraint(kind, index, shape, (), to_columns(reads)), replace(index, needs=to_key(reads))


def _excluded(node: Node) -> list[Node]:
    """The IndexElem nodes of an exclusion constraint."""
    return [each["List"]["items"][0]["IndexElem"] for each in node["exclusions"]]


def _exclusion(
    catalog: Catalog, table: Table, node: Node, statement: Statement, shape: _Shape
) -> tuple[Constraint, Index]:
    """An exclusion constraint and its index, as yet without names."""
    method = node.get("access_method", "btree")
    require_exclusion(method)
    span = parenthesised(statement, statement.base + node.get("location", 0))
    keys = read_keys(catalog, table, _excluded(node), span, statement, method=method)
    predicate, reads, edges = read_predicate(catalog, table, node.get("where_clause"), span[1], statement)
    index = build(
        "",
        method,
        keys,
        include=shape.including,
        predicate=predicate,
        reads=reads,
        nulls_not_distinct=shape.nulls_not_distinct,
        options=shape.options,
    )
    within = sorted(reads.union(*(key.reads for key in keys if key.column is None)))
    needs = [*edges, *(edge for key in keys for edge in key.edges)]
    needs += [Dependency(("column", identity_of(table.identity, each))) for each in within]
    needed = {each.on for each in needs}
    columns = tuple(sorted(index.reads))
    goes = [each for each in columns if ("column", identity_of(table.identity, each)) not in needed]
    operators = tuple(".".join(strings(each["List"]["items"][1]["List"]["items"])) for each in node["exclusions"])
    constraint = _constraint("exclusion", index, shape, operators, (*to_columns(tuple(goes)), *needs))
    return constraint, replace(index, needs=to_key(columns))


def _constraint(kind: str, index: Index, shape: _Shape, operators: tuple[str, ...], needs: Edges) -> Constraint:
    """The constraint that an index serves, as yet without a name."""
    return Constraint(
        identity="",
        table="",
        type=kind,
        columns=kept(tuple(each for each in index.keys if each is not None)),
        definition=_definition(kind, index, operators, deferrable=shape.deferrable, deferred=shape.deferred),
        deferrable=shape.deferrable,
        deferred=shape.deferred,
        unknown=frozenset({"definition"}) if index.unknown else NOTHING_UNKNOWN,
        needs=needs,
    )


def _definition(kind: str, index: Index, operators: tuple[str, ...], *, deferrable: bool, deferred: bool) -> str:
    """A key as ``pg_get_constraintdef`` prints it."""
    if kind == "exclusion":
        keys = ", ".join(f"{key} WITH {op}" for key, op in zip(index.columns, operators, strict=True))
        text = f"EXCLUDE USING {index.method} ({keys})"
    else:
        text = {"primary_key": "PRIMARY KEY", "unique": "UNIQUE"}[kind]
        if index.nulls_not_distinct:
            text += " NULLS NOT DISTINCT"
        text += f" ({', '.join(index.columns)})"
    if index.include:
        text += f" INCLUDE ({', '.join(quote_ident(each) for each in index.include)})"
    if index.predicate is not None:
        text += f" WHERE (({index.predicate}))"
    return text + timing(deferrable=deferrable, deferred=deferred)


def use_index(catalog: Catalog, table: Table, node: Node) -> Constraint:
    """ADD PRIMARY KEY or UNIQUE USING INDEX: a unique index becomes a constraint, and takes its name.

    Raises 42704 for an index that is not the table's, 55000 and 42809 for one that cannot serve.
    """
    kind, written, position = KEYS[node["contype"]], node["indexname"], node.get("location")
    index = next((each for each in catalog.children(table.identity, Index) if each.name == written), None)
    if index is None:
        if not table.knows("indexes"):
            index = Index(identity="", schema=table.schema, name=written, table=table.identity, unknown=frozenset("*"))
        else:
            raise CatalogError("42704", f'index "{written}" does not exist', position)
    if index.constraint is not None:
        raise CatalogError("55000", f'index "{written}" is already associated with a constraint', position)
    if index.knows("unique") and not index.unique:
        raise CatalogError("42809", f'"{written}" is not a unique index', position)
    if index.predicate is not None:
        raise CatalogError("42809", f'"{written}" is a partial index', position)
    if None in index.keys:
        raise CatalogError("42809", f'index "{written}" contains expressions', position)
    if kind == "primary_key" and primary_key(catalog, table):
        raise CatalogError("42P16", f'multiple primary keys for table "{table.name}" are not allowed', position)
    name = node.get("conname") or written
    require_free_name(catalog, table, name, position)
    columns = tuple(each for each in index.keys if each is not None)
    made = Constraint(
        identity=identity_on(name, table.identity),
        table=table.identity,
        type=kind,
        columns=columns,
        deferrable=bool(node.get("deferrable") or node.get("initdeferred")),
        deferred=bool(node.get("initdeferred")),
        unknown=frozenset({"columns", "definition"}) if not index.identity else frozenset(),
    )
    edges = to_columns(tuple(sorted(index.reads)))
    if not index.identity:
        return catalog.put(made, edges)
    if kind == "primary_key":
        set_not_null(catalog, [column_named(catalog, table, each) for each in columns])
    if name != written:
        require_free(catalog, table.schema, name, position)
        catalog.rename(index.key, titled(index, index.schema, name))
        index = titled(index, index.schema, name)
    index = replace(index, constraint=name, primary=kind == "primary_key")
    definition = _definition(kind, index, (), deferrable=made.deferrable, deferred=made.deferred)
    made = replace(made, index=index.identity, definition=definition)
    catalog.put(made, edges)
    catalog.put(index, to_key(tuple(sorted(index.reads))))
    return made
