"""Reading the definition of a column: its type, and what stands behind that."""

from __future__ import annotations

from sys import intern
from typing import TYPE_CHECKING, Any, TypedDict

import msgspec
from msgspec.structs import replace

from ..catalog import Catalog, CatalogError, Dependency, Node
from ..dependency import to_relation
from ..meaning.remembered import recalled, remembered
from ..meaning.resolve import type_of
from ..store import NOTHING_UNKNOWN
from .column import (
    SYSTEM_COLUMNS,
    Column,
    default_of,
    default_span,
    default_text,
    identity_of,
    with_collation,
    with_identity,
)
from .sequence import for_column

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..source import Statement
    from ..text.clauses import Span
    from .table import Table


class _Plain(msgspec.Struct, frozen=True):
    """A column definition that makes nothing but the column."""

    column: Column  # as it is in the first table that has it
    ending: str  # of its identity, behind that of the table
    edges: tuple[Dependency, ...]
    alone: bool  # whether no constraint stands beside it


class Outlined(TypedDict, total=False):
    """As much of a ColumnDef as is needed where the same was read before."""

    colname: str
    location: int
    constraints: msgspec.Raw


_clauses_decoder = msgspec.json.Decoder(list[dict[str, Any]])


class Draft(msgspec.Struct, frozen=True):
    """A column definition as read: the column, what it needs, and the constraints written beside it."""

    column: Column
    edges: tuple[Dependency, ...]
    constraints: tuple[Node, ...]  # CHECK, keys and foreign keys, each as a table constraint
    generated: Node | None = None  # the clause whose expression waits for the other columns


_SERIAL = {
    "smallserial": "smallint",
    "serial2": "smallint",
    "serial": "integer",
    "serial4": "integer",
    "bigserial": "bigint",
    "serial8": "bigint",
}
_ATTRIBUTES = {  # of the key or foreign key before them
    "CONSTR_ATTR_DEFERRABLE": {"deferrable": True},
    "CONSTR_ATTR_NOT_DEFERRABLE": {"deferrable": False},
    "CONSTR_ATTR_DEFERRED": {"deferrable": True, "initdeferred": True},
    "CONSTR_ATTR_IMMEDIATE": {"initdeferred": False},
    "CONSTR_ATTR_ENFORCED": {"is_enforced": True},
    "CONSTR_ATTR_NOT_ENFORCED": {"is_enforced": False, "skip_validation": True},
}
_KEYS = {"CONSTR_PRIMARY", "CONSTR_UNIQUE"}
_OF_COLUMN = {"CONSTR_NOTNULL", "CONSTR_NULL", "CONSTR_DEFAULT", "CONSTR_GENERATED", "CONSTR_IDENTITY"}
_BEHIND = {"CONSTR_CHECK", "CONSTR_FOREIGN"}  # what says nothing about the column itself, and differs most


class Definitions:
    """Reads the column definitions of a table; ``here``: they stand in the statement, not where a type was made.

    ``created_at timestamptz not null default now()`` stands in every table, and means the same in most.
    """

    def __init__(self, catalog: Catalog, table: Table, statement: Statement, *, here: bool = True) -> None:
        self.catalog, self.table, self.statement, self.here = catalog, table, statement, here
        self.complete = table.knows("columns")
        self.base, self.data = statement.base, statement.source.data

    def read(self, node: Node, position: int, end: int, number: int = 0) -> Draft:
        """Read a ColumnDef that surely ends at ``end``; the sequence of a serial or identity column is made here.

        It may be an ``Outlined`` one, the element of that ``number`` in a CREATE TABLE.
        Raises 42701 for a system column's name, 42601 for clauses that contradict each other, 22023 and 42P16 for
        an identity that cannot be.
        """
        begin = self.base + node.get("location", 0)
        if not self.here or begin >= end:
            return _read(self.catalog, self.table, self._whole(node, number), position, self.statement)
        clauses: list[dict[str, Any]] = []
        plain: _Plain | None
        known = recalled(self.catalog, ("column", self.data[begin:end], False))
        if known is None:
            clauses = _clauses(node)
            plain = self._remembered(node, clauses, (begin, end), number)
        else:
            plain = known.answer
        if plain is None:
            return _read(self.catalog, self.table, self._whole(node, number), position, self.statement)
        table, column = self.table.identity, plain.column
        made = replace(column, identity=table + plain.ending, table=table, position=position)
        if not self.complete:
            made = replace(made, unknown=column.unknown | {"position"})
        constraints = () if plain.alone else tuple(_constraints(column.name, clauses or _clauses(node)))
        return Draft(made, plain.edges, constraints)

    def _remembered(self, node: Node, clauses: list[dict[str, Any]], span: Span, number: int) -> _Plain | None:
        """What is said of a column, but for what does not concern the column itself."""
        begin, end = span
        behind = bool(clauses) and clauses[-1]["Constraint"]["contype"] in _BEHIND
        if behind:
            end = self.base + clauses[-1]["Constraint"]["location"]
        question = ("column", self.data[begin:end], behind)
        return remembered(self.catalog, question, lambda reading: self._plain(reading, self._whole(node, number)))

    def _whole(self, node: Node, number: int) -> Node:
        """All of a ColumnDef."""
        return node if "typeName" in node else self.statement.node["tableElts"][number]["ColumnDef"]

    def _plain(self, catalog: Catalog, node: Node) -> _Plain | None:
        """Read a definition that makes nothing beside the column, nor depends on its table; None for another."""
        clauses = [each["Constraint"]["contype"] for each in node.get("constraints", ())]
        if "CONSTR_IDENTITY" in clauses or "CONSTR_GENERATED" in clauses or _serial(node["typeName"]):
            return None
        found = _read(catalog, self.table, node, 0, self.statement)
        unknown = found.column.unknown - {"position"} or NOTHING_UNKNOWN
        column = replace(found.column, needs=found.edges, unknown=unknown)
        ending = column.identity[len(self.table.identity) :]
        return _Plain(column, ending, found.edges, alone=not found.constraints)


def _clauses(node: Node) -> list[dict[str, Any]]:
    """What stands behind a column's type."""
    clauses: list[dict[str, Any]] | msgspec.Raw = node.get("constraints", [])
    return _clauses_decoder.decode(clauses) if isinstance(clauses, msgspec.Raw) else clauses


def _read(catalog: Catalog, table: Table, node: Node, position: int, statement: Statement) -> Draft:
    name = intern(node["colname"])  # names come again and again
    if name in SYSTEM_COLUMNS:
        message = f'column name "{name}" conflicts with a system column name'
        raise CatalogError("42701", message, node.get("location"))
    serial, printed, edges = _type(catalog, node)
    column = Column(
        identity=identity_of(table.identity, name), table=table.identity, name=name, position=position, type=printed
    )
    if not table.knows("columns"):
        column = replace(column, unknown=frozenset({"position"}))
    column, constraints, generated, default = clauses_of(catalog, table, node, column, statement)
    needs = [*to_relation("table"), *edges]
    if serial:
        if default is not None:
            raise _twice("multiple default values specified", table, column, node)
        if column.generated_identity or generated is not None:
            words = "identity" if column.generated_identity else "generation expression"
            raise _twice(f"both default and {words} specified", table, column, node)
        sequence = for_column(catalog, table, name, serial, identity=False)
        column = replace(column, default=default_of(sequence), not_null=True)
        needs.append(Dependency(sequence.key, attribute="default"))
    elif default is not None:
        text, refs = default_text(
            catalog, default["raw_expr"], default_span(node, default, statement), statement, column
        )
        column = replace(column, default=text)
        needs += [Dependency(ref, attribute="default") for ref in refs]
    if "collClause" in node:
        column, needed = with_collation(catalog, column, node["collClause"])
        needs += needed
    return Draft(column, tuple(needs), constraints, generated)


def _type(catalog: Catalog, node: Node) -> tuple[str | None, str, list[Dependency]]:
    """The type of a serial's sequence, the column's type as printed, and the edge to it."""
    written = node["typeName"]
    serial = _serial(written)
    if serial:
        if written.get("arrayBounds"):
            raise CatalogError("0A000", "array of serial is not implemented", written.get("location"))
        return serial, serial, []
    if written.get("setof"):
        raise CatalogError("42P16", f'column "{node["colname"]}" cannot be declared SETOF', written.get("location"))
    printed, key = type_of(catalog, written)
    return None, printed, [Dependency(key)] if key else []


def _serial(written: Node) -> str | None:
    """The type that counts, where a type's name asks for a sequence."""
    if len(written["names"]) != 1 or written.get("pct_type"):
        return None
    return _SERIAL.get(written["names"][0]["String"].get("sval", ""))


def _constraints(name: str, clauses: Iterable[Node]) -> Iterator[dict[str, Any]]:
    """The CHECK constraints, keys and foreign keys behind a column's type, each as a table constraint."""
    constraint: dict[str, Any] | None = None
    for each in clauses:
        clause = each["Constraint"]
        kind = clause["contype"]
        if kind in _ATTRIBUTES:
            if constraint is not None:
                constraint.update(_ATTRIBUTES[kind])
        elif kind not in _OF_COLUMN:
            if constraint is not None:
                yield constraint
            constraint = dict(clause)
            if kind in _KEYS and "keys" not in clause:
                constraint["keys"] = [{"String": {"sval": name}}]
            elif kind == "CONSTR_FOREIGN":
                constraint["fk_attrs"] = [{"String": {"sval": name}}]
    if constraint is not None:
        yield constraint


def clauses_of(
    catalog: Catalog, table: Table, node: Node, column: Column, statement: Statement
) -> tuple[Column, tuple[Node, ...], Node | None, Node | None]:
    """Read what stands behind a column's type: (column, constraints, GENERATED clause, DEFAULT clause)."""
    default: Node | None = None
    generated: Node | None = None
    identity: Node | None = None
    nullable: bool | None = None
    for each in node.get("constraints", ()):
        clause = each["Constraint"]
        kind = clause["contype"]
        if kind in {"CONSTR_NOTNULL", "CONSTR_NULL"}:
            if nullable is not None and nullable != (kind == "CONSTR_NULL"):
                raise _twice("conflicting NULL/NOT NULL declarations", table, column, clause)
            nullable = kind == "CONSTR_NULL"
        elif kind == "CONSTR_DEFAULT":
            if default is not None:
                raise _twice("multiple default values specified", table, column, clause)
            default = clause
        elif kind == "CONSTR_GENERATED":
            if generated is not None:
                raise _twice("multiple generation clauses specified", table, column, clause)
            generated = clause
        elif kind == "CONSTR_IDENTITY":
            if identity is not None:
                raise _twice("multiple identity specifications", table, column, clause)
            identity = clause
    for left, right, words in (
        (default, identity, "default and identity"),
        (default, generated, "default and generation expression"),
        (identity, generated, "identity and generation expression"),
    ):
        if left is not None and right is not None:
            raise _twice(f"both {words} specified", table, column, right)
    if identity is not None and nullable:
        raise _twice("conflicting NULL/NOT NULL declarations", table, column, node)
    if nullable is False:
        column = replace(column, not_null=True)
    if identity is not None:
        column = with_identity(catalog, table, column, identity)
    return column, tuple(_constraints(column.name, node.get("constraints", ()))), generated, default


def _twice(words: str, table: Table, column: Column, node: Node) -> CatalogError:
    return CatalogError("42601", f'{words} for column "{column.name}" of table "{table.name}"', node.get("location"))
