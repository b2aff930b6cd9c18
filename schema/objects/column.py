"""Columns of tables (a view's columns are an attribute of the view)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from msgspec.structs import replace

from ..catalog import Acl, Catalog, CatalogError, Comparison, Dependency, Key, Node, Object, strings
from ..expression import compare
from ..live import named, ours
from ..meaning.resolve import bind, type_of
from ..names import qualified, quote_ident, quote_literal
from ..pattern import lazy
from ..text.clauses import Span, after, parenthesised, tokens, until
from .casts import require_assignable, require_constant, without_modifier
from .sequence import for_column

if TYPE_CHECKING:
    from collections.abc import Iterator

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


SYSTEM_COLUMNS = frozenset({"ctid", "xmin", "cmin", "xmax", "cmax", "tableoid"})
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
