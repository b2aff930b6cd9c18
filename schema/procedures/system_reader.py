"""The rows of system catalogs: what they are made of, and how the simulated catalog is asked for them.

A column that a row lacks is unknown. A row with GHOST in it stands for what may exist as well: the policies of a table
whose list of policies is not known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ..catalog import Unmodelled
from ..objects import kinds
from ..session import split_name

if TYPE_CHECKING:
    from ..catalog import Catalog, Object

Row = dict[str, Any]
OPEN = "\0*"  # as ``concerns``: anything may be there that the catalog does not hold
GHOST = "\0"  # in a row that stands for what may exist: the name of the table it may belong to, or nothing
COLUMNS = "\2"  # in a row: the names of all columns of its relation, known or not
NULLS = "\1"  # in a row that an outer join adds: every column is NULL

_COLLECTIONS = {"table": "tables", "column": "columns", "policy": "policies", "trigger": "triggers",
                "constraint": "constraints", "index": "indexes"}  # fmt: skip

# What a condition may name by a column: the object itself, the table it belongs to, that table's oid
_OWN_NAMES = frozenset({
    "column_name", "attname", "conname", "constraint_name", "indexname", "policyname", "polname", "tgname",
    "trigger_name", "relname", "typname", "viewname", "matviewname", "sequencename", "sequence_name", "proname",
    "routine_name", "rolname", "usename", "extname", "pubname", "evtname", "nspname", "schema_name",
})  # fmt: skip
_TABLE_NAMES = frozenset({"tablename", "table_name", "event_object_table"})
_TABLE_OIDS = frozenset({"attrelid", "conrelid", "indrelid", "polrelid", "tgrelid"})


class Reader:
    """The catalog, as far as it can hold rows that a condition wants; others may be among them."""

    __slots__ = ("catalog", "events", "name", "oid", "table")

    def __init__(self, catalog: Catalog, equal: Mapping[str, str]) -> None:
        self.catalog, self.events = catalog, catalog.events
        self.name = next((equal[each] for each in equal if each in _OWN_NAMES), None)
        self.table = next((equal[each] for each in equal if each in _TABLE_NAMES), None)
        self.oid = next((equal[each] for each in equal if each in _TABLE_OIDS), None)

    def every(self, kind: str) -> Iterator[Any]:
        """All objects of a kind."""
        return self.catalog.of(kinds()[kind])

    def all(self, *names: str) -> Iterator[Any]:
        """The objects of some kinds, by their own name."""
        for kind in names:
            yield from self.every(kind) if self.name is None else self.catalog.named(kind, self.name)

    def relations(self, *names: str) -> Iterator[Any]:
        """Relations, where a column with a table's name is about themselves."""
        for kind in names:
            yield from self.all(kind) if self.table is None else self.catalog.named(kind, self.table)

    def holders(self, kind: str) -> Iterator[Any]:
        """The relations of a kind that hold what is asked for."""
        if self.oid is not None:
            found = self.catalog.find((kind, self.oid))
            return iter(() if found is None else (found,))
        return self.every(kind) if self.table is None else iter(self.catalog.named(kind, self.table))

    def members(self, kind: str) -> Iterator[tuple[Any, Any]]:
        """What tables (and materialized views) hold, each with its table."""
        catalog = self.catalog
        if self.oid is not None or self.table is not None:
            for holder in (*self.holders("table"), *self.holders("view")):
                for obj in catalog.children(holder.identity, kinds()[kind]):
                    yield obj, holder
            return
        for obj in self.all(kind):
            table = table_of(catalog, obj)
            if table is not None:
                yield obj, table


def ghosts(reader: Reader, kind: str) -> Iterator[Row]:
    """An empty row where a statement that could not be followed may have made such an object of a kind."""
    for event in reader.events:
        if isinstance(event, Unmodelled) and any(_may_be(reader, kind, touched) for touched in event.touches):
            yield {GHOST: ""}
            return


def _may_be(reader: Reader, kind: str, touched: tuple[str, str]) -> bool:
    """Whether what a statement may have touched can be among the rows that are asked for."""
    if touched[0] not in {"*", kind}:
        return False
    if "*" in touched[1]:
        return True
    name = split_name(touched[1].partition(" on ")[0].partition("(")[0])[1]
    if reader.name is not None and name != reader.name:
        return False
    return reader.table is None or kind not in {"table", "view"} or name == reader.table


def table_of(catalog: Catalog, obj: Any) -> Any:
    """The relation that an object belongs to; None for a domain's."""
    return catalog.find(("table", obj.table)) or catalog.find(("view", obj.table))


def children(reader: Reader, kind: str, make: Callable[[Any, Any], Row], parent: Callable[[Any], Row]) -> Iterator[Row]:
    """The rows of what belongs to tables, and one for each table whose list of them is not known."""
    for obj, table in reader.members(kind):
        yield make(obj, table)
    for table in reader.catalog.unsure("table"):
        if not table.knows(_COLLECTIONS[kind]):
            yield {**parent(table), GHOST: table.name}
    yield from ghosts(reader, kind)


def relation(obj: Any) -> Row:
    """Where a relation is, as the views of ``pg_catalog`` name it."""
    return {"schemaname": obj.schema, "tablename": obj.name}


def oid(obj: Object) -> str:
    """What stands for an oid: the identity, as a value of type regclass prints it."""
    return obj.identity


def facts(obj: Any, columns: Mapping[str, str]) -> Row:
    """Columns that hold attributes as they are, where they are known: name of the column -> the attribute."""
    return {column: getattr(obj, name) for column, name in columns.items() if obj.knows(name)}


def typname(printed: str) -> str:
    """The name of a type in its catalog, from what ``format_type`` prints: int4 for integer, _text for text[]."""
    if printed.endswith("[]"):
        return "_" + typname(printed[:-2])
    if "." in printed:
        return split_name(printed.partition("(")[0])[1]
    head, _, tail = printed.partition("(")
    word = head.strip() + tail.partition(")")[2]
    return _TYPNAMES.get(word, word)


_TYPNAMES = {
    "bigint": "int8", "boolean": "bool", "character": "bpchar", "character varying": "varchar",
    "double precision": "float8", "integer": "int4", "real": "float4", "smallint": "int2",
    "time with time zone": "timetz", "time without time zone": "time", "timestamp with time zone": "timestamptz",
    "timestamp without time zone": "timestamp",
}  # fmt: skip
