"""ALTER TABLE ... ADD, DROP and ALTER COLUMN."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec.structs import replace

from ..catalog import Catalog, CatalogError, Dependency, Key, Node, describe
from ..meaning.resolve import bind, type_of
from ..pattern import lazy
from ..store import HIDDEN
from ..text.clauses import after, until
from . import constraint, inheritance
from .casts import casts_by_itself
from .column import (
    Column,
    column_named,
    default_text,
    generate,
    identity_of,
    next_position,
    with_collation,
    with_identity,
)
from .column_definition import Definitions
from .sequence import Sequence, with_options

if TYPE_CHECKING:
    from .alter_table import Change
    from .table import Table


def add_column(change: Change, command: Node, number: int) -> None:
    """ADD COLUMN, in the tables that inherit as well. Raises 42701, 42P16 with ONLY where there are some."""
    catalog, table, node = change.catalog, change.table, command["def"]["ColumnDef"]
    name = node["colname"]
    if table.partition_of is not None:
        raise CatalogError("42809", "cannot add column to a partition")
    if ("column", identity_of(table.identity, name)) in catalog:
        if command.get("missing_ok"):
            return
        raise CatalogError("42701", f'column "{name}" of relation "{table.name}" already exists', node.get("location"))
    children = inheritance.children_of(catalog, table)
    if change.only and children:
        raise CatalogError("42P16", "column must be added to child tables too")
    definitions, end = Definitions(catalog, table, change.statement), change.statement.end
    read = definitions.read(node, next_position(catalog, table), end)
    column = catalog.put(read.column, read.edges)
    if read.generated is not None:
        column, needs = generate(catalog, table, column, read.generated, change.statement)
        catalog.put(column, [*read.edges, *needs])
    for child in children:
        inheritance.add_column(catalog, table, child, column)
    for each in read.constraints:
        change.constraints.append({**each, "skip_validation": False})


def drop_column(change: Change, command: Node, number: int) -> None:
    """DROP COLUMN. Raises 42703, 42P16 for an inherited or a partitioning one, 2BP01."""
    catalog, table, name = change.catalog, change.table, command["name"]
    if command.get("missing_ok") and ("column", identity_of(table.identity, name)) not in catalog:
        return
    column = inheritance.refuse_inherited(catalog, table, name, "drop")
    if column is None:
        return
    if name in (table.partition_columns or ()):
        message = f'cannot drop column "{name}" because it is part of the partition key of relation "{table.name}"'
        raise CatalogError("42P16", message)
    if change.only and table.relation_kind == "partitioned" and inheritance.children_of(catalog, table):
        raise CatalogError("42P16", "cannot drop column from only the partitioned table when partitions exist")
    forget_column(catalog, table, column, cascade=command.get("behavior") == "DROP_CASCADE", only=change.only)


def forget_column(catalog: Catalog, table: Table, column: Column, *, cascade: bool, only: bool) -> None:
    """Drop a column, and let go of it in the tables that inherit it. Raises 2BP01."""
    catalog.drop([column.key], cascade=cascade)
    if column.knows("position") and column.position > table.dropped_to:
        catalog.put(replace(table, dropped_to=column.position))
    for child in inheritance.children_of(catalog, table):
        inheritance.drop_column(catalog, table, child, column.name, only=only, cascade=cascade)


# A default that is of the column's type; of any other expression the server strips the cast to that type
_LITERAL = lazy(r"'(?:[^']|'')*'(?:::(?:text|character varying|varchar))?")


def alter_type(change: Change, command: Node, number: int) -> None:
    """ALTER COLUMN ... TYPE. Raises 42804 where no cast does it, 0A000 for what uses the column, 42P16."""
    catalog, table, node = change.catalog, change.table, command["def"]["ColumnDef"]
    column = column_named(catalog, table, command["name"])
    if column is not None and column.inherited:
        raise CatalogError("42P16", f'cannot alter inherited column "{column.name}"')
    if change.only and inheritance.children_of(catalog, table):
        message = f'type of inherited column "{command["name"]}" must be changed in child tables too'
        raise CatalogError("42P16", message)
    printed, key = type_of(catalog, node["typeName"])
    using = node.get("raw_default")
    if using is not None:
        start, end = change.span(number)
        bind(catalog, change.statement, using, (after(change.statement, start, "using"), end), table)
    if column is None:
        return
    if column.name in (table.partition_columns or ()):
        message = (
            f'cannot alter column "{column.name}" because it is part of the partition key of relation "{table.name}"'
        )
        raise CatalogError("42P16", message)
    _retype(catalog, table, column, node, printed=printed, key=key, using=using is not None)


def _retype(
    catalog: Catalog, table: Table, column: Column, node: Node, *, printed: str, key: Key | None, using: bool
) -> None:
    _refuse_retyping(catalog, column)
    if not using and column.knows("type") and not casts_by_itself(catalog, column.type, printed):
        raise CatalogError(
            "42804",
            f'column "{column.name}" cannot be cast automatically to type {printed}',
            hint=f'You might need to specify "USING {column.name}::{printed}".',
        )
    literal = column.default is not None and _LITERAL.fullmatch(column.default)
    if literal and column.knows("type") and not casts_by_itself(catalog, column.type, printed):
        message = f'default for column "{column.name}" cannot be cast automatically to type {printed}'
        raise CatalogError("42804", message)
    changed = replace(column, type=printed, collation=None, unknown=column.unknown - {"type"})
    needs = [Dependency(key)] if key else []
    if "collClause" in node:
        changed, needed = with_collation(catalog, changed, node["collClause"])
        needs += needed
    kept = [
        edge
        for edge in catalog.depends_on(column.key)
        if edge.attribute or edge.on == table.key or edge.on[0] not in {"type", "table", "view", HIDDEN}
    ]
    catalog.put(changed, [*kept, *needs])
    if column.generated_identity is not None:
        if printed not in {"smallint", "integer", "bigint"}:
            raise CatalogError("22023", "identity column type must be smallint, integer, or bigint")
        for sequence in catalog.dependents(column.key):
            if isinstance(sequence, Sequence):
                options = [{"DefElem": {"defname": "as", "arg": {"TypeName": node["typeName"]}}}]
                catalog.put(with_options(catalog, sequence, options, sequence))
    for child in inheritance.children_of(catalog, table):
        mine = catalog.get(Column, identity_of(child.identity, column.name))
        if mine is not None:
            _retype(catalog, child, mine, node, printed=printed, key=key, using=using)


_USERS = {
    "view": "cannot alter type of a column used by a view or rule",
    "rule": "cannot alter type of a column used by a view or rule",
    "policy": "cannot alter type of a column used in a policy definition",
    "trigger": "cannot alter type of a column used in a trigger definition",
    "column": "cannot alter type of a column used by a generated column",
    "function": "cannot alter type of a column used by a function or procedure",
}


def _refuse_retyping(catalog: Catalog, column: Column) -> None:
    """Raise 0A000 where something that keeps its own copy of a column's type uses it."""
    for user in catalog.dependents(column.key):
        kind = getattr(user, "label", user.kind)
        if kind in _USERS:
            detail = f'{describe(user.key)} depends on column "{column.name}"'
            raise CatalogError("0A000", _USERS[kind], detail=detail)


def column_default(change: Change, command: Node, number: int) -> None:
    """ALTER COLUMN ... SET or DROP DEFAULT. Raises 42601 for an identity or a generated column."""
    catalog, table = change.catalog, change.table
    column = column_named(catalog, table, command["name"])
    if column is not None and column.generated_identity is not None:
        hint = "" if "def" in command else "Use ALTER TABLE ... ALTER COLUMN ... DROP IDENTITY instead."
        message = f'column "{column.name}" of relation "{table.name}" is an identity column'
        raise CatalogError("42601", message, hint=hint)
    if column is not None and column.generated is not None:
        hint = "" if "def" in command else "Use ALTER TABLE ... ALTER COLUMN ... DROP EXPRESSION instead."
        message = f'column "{column.name}" of relation "{table.name}" is a generated column'
        raise CatalogError("42601", message, hint=hint)
    text: str | None = None
    refs: tuple[Key, ...] = ()
    if "def" in command:
        statement = change.statement
        begin, _ = change.span(number)
        start = after(statement, after(statement, begin, "set"), "default")
        text, refs = default_text(catalog, command["def"], until(statement, start, {",", ";"}), statement, column)
    if column is not None:
        _set_default(change, table, column, text, [Dependency(ref, attribute="default") for ref in refs])


def _set_default(change: Change, table: Table, column: Column, text: str | None, needs: list[Dependency]) -> None:
    catalog = change.catalog
    kept = [edge for edge in catalog.depends_on(column.key) if not edge.attribute]
    changed = replace(column, default=text, unknown=column.unknown - {"default"})
    catalog.put(changed, [*kept, *needs])
    if change.only:
        return
    for child in inheritance.children_of(catalog, table):
        mine = catalog.get(Column, identity_of(child.identity, column.name))
        if mine is not None:
            _set_default(change, child, mine, text, needs)


def set_not_null(change: Change, command: Node, number: int) -> None:
    """ALTER COLUMN ... SET NOT NULL. Raises 42703."""
    each_column(change, change.table, command["name"], lambda column: replace(column, not_null=True))


def drop_not_null(change: Change, command: Node, number: int) -> None:
    """ALTER COLUMN ... DROP NOT NULL. Raises 42P16 for a primary key's column, 42601 for an identity."""
    catalog, table, name = change.catalog, change.table, command["name"]
    column = column_named(catalog, table, name)
    if column is not None and column.generated_identity is not None:
        raise CatalogError("42601", f'column "{name}" of relation "{table.name}" is an identity column')
    key = constraint.primary_key(catalog, table)
    if key is not None and name in key.columns:
        raise CatalogError("42P16", f'column "{name}" is in a primary key')
    for parent in inheritance.parents_of(catalog, table):
        theirs = catalog.get(Column, identity_of(parent.identity, name))
        if table.partition_of and theirs is not None and theirs.not_null:
            raise CatalogError("42P16", f'column "{name}" is marked NOT NULL in parent table')
    each_column(change, table, name, lambda each: replace(each, not_null=False))


def each_column(change: Change, table: Table, name: str, update: Callable[[Column], Column]) -> None:
    """Change a column here and in the tables that inherit it."""
    column = column_named(change.catalog, table, name)
    if column is not None:
        changed = update(column)
        if changed != column:
            change.catalog.put(changed)
    if not change.only:
        for child in inheritance.children_of(change.catalog, table):
            if ("column", identity_of(child.identity, name)) in change.catalog:
                each_column(change, child, name, update)


def add_identity(change: Change, command: Node, number: int) -> None:
    """ALTER COLUMN ... ADD GENERATED AS IDENTITY. Raises 55000 where the column may be null or has a default."""
    catalog, table, name = change.catalog, change.table, command["name"]
    column = column_named(catalog, table, name)
    if column is None:
        return
    if column.knows("not_null") and not column.not_null:
        message = f'column "{name}" of relation "{table.name}" must be declared NOT NULL before identity can be added'
        raise CatalogError("55000", message)
    if column.generated_identity is not None:
        raise CatalogError("55000", f'column "{name}" of relation "{table.name}" is already an identity column')
    if column.default is not None:
        raise CatalogError("55000", f'column "{name}" of relation "{table.name}" already has a default value')
    catalog.put(with_identity(catalog, table, column, command["def"]["Constraint"]))


def set_identity(change: Change, command: Node, number: int) -> None:
    """ALTER COLUMN ... SET GENERATED and the options of the sequence. Raises 55000 for no identity."""
    catalog, table = change.catalog, change.table
    column = column_named(catalog, table, command["name"])
    if column is None:
        return
    if column.generated_identity is None:
        raise _no_identity(table, column)
    options = command["def"]["List"]["items"]
    for each in options:
        if each["DefElem"]["defname"] == "generated":
            always = each["DefElem"]["arg"]["Integer"].get("ival") == ord("a")
            catalog.put(replace(column, generated_identity="always" if always else "by default"))
    rest = [each for each in options if each["DefElem"]["defname"] != "generated"]
    for sequence in catalog.dependents(column.key) if rest else ():
        if isinstance(sequence, Sequence) and sequence.identity_column:
            catalog.put(with_options(catalog, sequence, rest, sequence))


def _no_identity(table: Table, column: Column) -> CatalogError:
    return CatalogError("55000", f'column "{column.name}" of relation "{table.name}" is not an identity column')


def drop_identity(change: Change, command: Node, number: int) -> None:
    """ALTER COLUMN ... DROP IDENTITY. Raises 55000 for no identity, without IF EXISTS."""
    catalog, table = change.catalog, change.table
    column = column_named(catalog, table, command["name"])
    if column is None:
        return
    if column.generated_identity is None:
        if command.get("missing_ok"):
            return
        raise _no_identity(table, column)
    for sequence in catalog.dependents(column.key):
        if isinstance(sequence, Sequence) and sequence.identity_column:
            catalog.drop([sequence.key], cascade=True)
    catalog.put(replace(column, generated_identity=None))


def drop_expression(change: Change, command: Node, number: int) -> None:
    """ALTER COLUMN ... DROP EXPRESSION. Raises 55000 for no generated column, without IF EXISTS."""
    catalog, table = change.catalog, change.table
    column = column_named(catalog, table, command["name"])
    if column is None:
        return
    if column.generated is None:
        if command.get("missing_ok"):
            return
        message = f'column "{column.name}" of relation "{table.name}" is not a stored generated column'
        raise CatalogError("55000", message)

    def plain(each: Column) -> Column:
        return catalog.put(replace(each, generated=None), _own_edges(catalog, each))

    each_column(change, table, column.name, plain)


def set_expression(change: Change, command: Node, number: int) -> None:
    """ALTER COLUMN ... SET EXPRESSION (PostgreSQL 17). Raises 55000 for no generated column."""
    catalog, table, statement = change.catalog, change.table, change.statement
    column = column_named(catalog, table, command["name"])
    if column is None:
        return
    if column.generated is None and column.knows("generated"):
        raise CatalogError("55000", f'column "{column.name}" of relation "{table.name}" is not a generated column')
    begin, _ = change.span(number)
    start = after(statement, after(statement, begin, "set"), "expression")
    clause = {"raw_expr": command["def"], "location": start - statement.base}

    def anew(each: Column) -> Column:
        known = replace(each, unknown=each.unknown - {"generated"})
        changed, needs = generate(catalog, table, known, clause, statement)
        return catalog.put(changed, [*_own_edges(catalog, each), *needs])

    each_column(change, table, column.name, anew)


def _own_edges(catalog: Catalog, column: Column) -> list[Dependency]:
    """What a column needs whatever is generated in it."""
    return [edge for edge in catalog.depends_on(column.key) if edge.on[0] in {"type", "table", HIDDEN}]
