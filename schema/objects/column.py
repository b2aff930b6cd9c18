"""Columns of tables (a view's columns are an attribute of the view)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from sys import intern
from typing import TYPE_CHECKING, Any, ClassVar, TypedDict

import msgspec
from msgspec.structs import replace

from ..catalog import Acl, Catalog, CatalogError, Comparison, Dependency, Key, Node, Object, strings
from ..dependency import to_relation
from ..expression import compare
from ..live import named, ours
from ..meaning.remembered import recalled, remembered
from ..meaning.resolve import bind, type_of
from ..names import qualified, quote_ident, quote_literal
from ..pattern import lazy
from ..store import NOTHING_UNKNOWN
from ..text.clauses import Span, after, parenthesised, tokens, until
from .casts import require_assignable, require_constant, without_modifier
from .sequence import for_column

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..source import Statement
    from .sequence import Sequence
    from .table import Table


class Column(Object, frozen=True, kw_only=True):
    """A row of ``pg_attribute`` with a positive attnum."""

    kind: ClassVar[str] = "column"
    internal: ClassVar[frozenset[str]] = frozenset({"table", "name", "acl", "inherited", "local"})
    comparisons: ClassVar[Mapping[str, Comparison]] = {"default": compare, "generated": compare}
    live: ClassVar[str] = f"""
        select 'column' as kind, {named("n", "c.relname")} || '.' || pg_catalog.quote_ident(a.attname) as identity,
          {named("n", "c.relname")} as parent,
          pg_catalog.jsonb_build_object(
            'table', {named("n", "c.relname")}, 'name', a.attname, 'position', a.attnum,
            'type', pg_catalog.format_type(a.atttypid, a.atttypmod), 'not_null', a.attnotnull,
            'default', case when a.attgenerated = '' then pg_catalog.pg_get_expr(d.adbin, d.adrelid) end,
            'generated', case when a.attgenerated <> '' then pg_catalog.pg_get_expr(d.adbin, d.adrelid) end,
            'generated_identity', case a.attidentity when 'a' then 'always' when 'd' then 'by default' end,
            'collation', case when a.attcollation <> t.typcollation
              then case when ln.nspname = 'pg_catalog' then '' else pg_catalog.quote_ident(ln.nspname) || '.' end
                || pg_catalog.quote_ident(l.collname) end,
            'inherited', a.attinhcount > 0, 'local', a.attislocal) as attributes
        from pg_catalog.pg_attribute a
        join pg_catalog.pg_class c on c.oid = a.attrelid
        join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        join pg_catalog.pg_type t on t.oid = a.atttypid
        left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
        left join pg_catalog.pg_collation l on l.oid = a.attcollation
        left join pg_catalog.pg_namespace ln on ln.oid = l.collnamespace
        where a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'p', 'f') and c.relpersistence <> 't'
          and {ours("n", "pg_class", "c.oid")}"""

    table: str
    name: str
    position: int  # attnum
    type: str  # format_type
    not_null: bool = False
    default: str | None = None
    generated: str | None = None  # the expression of a generated column
    generated_identity: str | None = None  # always | by default
    collation: str | None = None  # where it is not the type's own
    acl: Acl | None = None  # attacl
    inherited: bool = False  # attinhcount > 0
    local: bool = True  # attislocal: not by inheritance alone


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
SYSTEM_COLUMNS = frozenset({"ctid", "xmin", "cmin", "xmax", "cmax", "tableoid"})
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
_OTHER = {"args": ()}  # what is no call is looked through
# Collations that initdb makes; a name that is none of them may be a user's own.
_BUILT_IN_COLLATION = lazy(r"C|POSIX|default|ucs_basic|unicode|pg_c_utf8|.*-x-icu|[a-z]{2,3}_[A-Z]{2}.*|C\..*")
_WITHOUT_COLLATION = frozenset(
    {
        "bigint",
        "boolean",
        "bytea",
        "date",
        "double precision",
        "integer",
        "interval",
        "json",
        "jsonb",
        "numeric",
        "real",
        "smallint",
        "timestamp with time zone",
        "timestamp without time zone",
        "uuid",
    }
)


def identity_of(table: str, name: str) -> str:
    """The identity of a column."""
    return f"{table}.{quote_ident(name)}"


def columns_of(catalog: Catalog, table: Object) -> list[Column]:
    """The columns of a table in the order of their positions."""
    return sorted(catalog.children(table.identity, Column), key=lambda column: column.position)


def next_position(catalog: Catalog, table: Table) -> int:
    """The attnum of a column added now: those of dropped columns are not used again."""
    used = max((column.position for column in catalog.children(table.identity, Column)), default=0)
    return max(used, table.dropped_to) + 1


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


def with_identity(catalog: Catalog, table: Table, column: Column, clause: Node) -> Column:
    """Make a column GENERATED ... AS IDENTITY, and its sequence. Raises 22023 for a type that cannot count."""
    if column.type not in {"smallint", "integer", "bigint"}:
        raise CatalogError("22023", "identity column type must be smallint, integer, or bigint", clause.get("location"))
    for_column(catalog, table, column.name, column.type, clause.get("options", ()), identity=True)
    when = "always" if clause.get("generated_when") == "a" else "by default"
    return replace(column, generated_identity=when, not_null=True)


def with_collation(catalog: Catalog, column: Column, clause: Node) -> tuple[Column, list[Dependency]]:
    """Apply COLLATE to a column; returns with it what it needs then."""
    from ..bystander import find, named

    names = strings(clause["collname"])
    if column.type.partition("(")[0] in _WITHOUT_COLLATION and column.knows("type"):
        message = f"collations are not supported by type {column.type.partition('(')[0]}"
        raise CatalogError("42804", message, clause.get("location"))
    if names[-1] == "default":
        return replace(column, collation=None), []
    found = find(catalog, named(catalog, "OBJECT_COLLATION", names))
    if found is not None:
        return replace(column, collation=qualified(found.schema or "", found.name)), [Dependency(found.key)]
    foreign = len(names) > 1 and names[-2] != "pg_catalog"
    printed = ".".join(quote_ident(name) for name in names) if foreign else quote_ident(names[-1])
    known = foreign or _BUILT_IN_COLLATION.fullmatch(names[-1])
    return replace(column, collation=printed, unknown=column.unknown | (set() if known else {"collation"})), []


# -- defaults and generated columns --------------------------------------------------------------------------


def default_of(sequence: Sequence) -> str:
    """The default of a serial column."""
    return f"nextval({quote_literal(sequence.identity)}::regclass)"


def default_span(column: Node, clause: Node, statement: Statement) -> Span:
    """Where the expression of a column's DEFAULT clause stands: up to the clause after it."""
    at = clause.get("location", 0)
    start = after(statement, statement.base + at, "default")
    others = [each["Constraint"].get("location", 0) for each in column.get("constraints", ())]
    if "collClause" in column:
        others.append(column["collClause"].get("location", 0))
    following = min((other for other in others if other > at), default=None)
    if following is None:
        return until(statement, start, {",", ";"})
    return trimmed(statement, start, statement.base + following)


def trimmed(statement: Statement, start: int, end: int) -> Span:
    """A span without the white space and comments around it."""
    inside = [(first, last) for _, first, last in tokens(statement.source.data, start, end)]
    return (inside[0][0], inside[-1][1]) if inside else (start, start)


def default_text(
    catalog: Catalog, expression: Node, span: Span, statement: Statement, column: Column | None
) -> tuple[str | None, tuple[Key, ...]]:
    """The text of a default (None where NULL is none) and what it needs; ``column`` None: not known.

    Raises 0A000 for a column reference or a subquery, 42804 and 22P02 for what is not of the column's type.
    """
    printed = column.type if column is not None and column.knows("type") else ""
    constant = expression.get("A_Const")
    if constant is not None:
        if constant.get("isnull"):
            return _null_of(catalog, printed), ()
        if printed:
            require_constant(catalog, constant, column.name if column else "", printed)
        return statement.source.slice(*span), ()
    cast = expression.get("TypeCast")
    if cast and cast["arg"].get("A_Const", {}).get("isnull"):
        bare = _null_of(catalog, printed) is None and type_of(catalog, cast["typeName"])[0] == printed
        return (None if bare else statement.source.slice(*span)), ()
    for tag, body in nodes(expression) if "args" in expression.get("FuncCall", _OTHER) else ():
        if tag == "ColumnRef":
            message = "cannot use column reference in DEFAULT expression"
            raise CatalogError("0A000", message, body.get("location"))
        if tag == "SubLink":
            raise CatalogError("0A000", "cannot use subquery in DEFAULT expression", body.get("location"))
    bound = bind(catalog, statement, expression, span)
    if printed and bound.type:
        require_assignable(catalog, bound.type, column.name if column else "", printed)
    return bound.text, bound.refs


def _null_of(catalog: Catalog, printed: str) -> str | None:
    """What DEFAULT NULL stores for a column of this type.

    Nothing, but where the server makes more than a constant of it: to cut it to a length or to check a domain.
    """
    kind = catalog.find(("type", printed))
    base = getattr(kind, "base", None) if getattr(kind, "type_kind", "") == "domain" else None
    if base is None and ("(" not in printed or printed.startswith("interval")):
        return None
    bare = without_modifier(base or printed)
    for name, shown in (("character", "bpchar"), ("bit", '"bit"')):
        if bare.removesuffix("[]") == name:
            bare = shown + bare[len(name) :]
    return f"NULL::{bare}"


def generate(
    catalog: Catalog, table: Table, column: Column, clause: Node, statement: Statement
) -> tuple[Column, tuple[Dependency, ...]]:
    """Give a column its generation expression, once the columns it may read are there.

    Raises 0A000 for a subquery, 42P17 for a reference to itself or to another generated column.
    """
    from .immutable import require_immutable  # it reads this module's class

    expression = clause["raw_expr"]
    span = parenthesised(statement, statement.base + clause.get("location", 0))
    refuse_subquery(statement, expression, span, "column generation expression")
    bound = bind(catalog, statement, expression, span, table)
    for name in sorted(bound.columns):
        other = catalog.get(Column, identity_of(table.identity, name))
        if name == column.name or (other is not None and other.generated is not None):
            raise CatalogError(
                "42P17", f'cannot use generated column "{name}" in column generation expression', clause.get("location")
            )
    require_immutable(catalog, expression, bound.refs, table, "generation expression")
    needs = tuple(Dependency(ref) for ref in bound.refs if ref not in {table.key, column.key})
    return replace(column, generated=bound.text), needs


_BEGINS_QUERY = lazy(rb"select|values|table|with", re.IGNORECASE)


def refuse_subquery(statement: Statement, expression: Node, span: Span, where: str) -> None:
    """Raise 0A000 where an expression holds a subquery and may not."""
    if span[0] < span[1] and not _BEGINS_QUERY.search(statement.source.data, *span):
        return  # the tree need not be looked through
    for tag, body in nodes(expression):
        if tag == "SubLink":
            raise CatalogError("0A000", f"cannot use subquery in {where}", body.get("location"))


def nodes(tree: Any) -> Iterator[tuple[str, Any]]:
    """All nodes of a tree, as (name, body), in no particular order."""
    todo = [tree]
    while todo:
        each = todo.pop()
        if type(each) is list:
            todo += each
        elif type(each) is dict:
            for name, value in each.items():
                if type(value) is dict:
                    if name[0].isupper():
                        yield name, value
                    todo.append(value)
                elif type(value) is list:
                    todo += value


def missing_column(name: str, table: Object, position: int | None = None) -> CatalogError:
    """The refusal of a statement that names a column its table does not have."""
    relation = getattr(table, "name", table.identity)
    return CatalogError("42703", f'column "{name}" of relation "{relation}" does not exist', position)


def column_named(catalog: Catalog, table: Object, name: str) -> Column | None:
    """The column of this name; None where the table's columns are not all known. Raises 42703."""
    found = catalog.get(Column, identity_of(table.identity, name))
    if found is None and table.knows("columns"):
        raise missing_column(name, table)
    return found
