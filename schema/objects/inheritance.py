"""What tables take from their parents: columns, constraints and indexes, by INHERITS and as partitions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from ..catalog import Catalog, CatalogError, Dependency, Node, Object
from ..expression import Likeness, compare
from ..names import quote_ident
from .column import Column, column_named, columns_of, default_span, default_text, identity_of, next_position
from .column_definition import Draft, clauses_of
from .constraint import Constraint, add_check, constraint_named, constraints_of, identity_on
from .index import Index, require_partition_key
from .like import moved_check, moved_edges, moved_index
from .partition import with_bound, with_key

if TYPE_CHECKING:
    from ..source import Statement
    from .table import Table

__all__ = ["with_bound", "with_key"]


def children_of(catalog: Catalog, table: Object) -> list[Table]:
    """The tables that inherit from this one directly, its partitions among them."""
    found: list[Any] = catalog.needing(table.key, type(table)) if table.kind == "table" else []
    return [each for each in found if each.partition_of == table.identity or table.identity in each.inherits]


def parents_of(catalog: Catalog, table: Table) -> list[Table]:
    """The tables that this one inherits from directly."""
    from .table import Table as TableClass

    names = (*table.inherits, *([table.partition_of] if table.partition_of else []))
    return [found for name in names if (found := catalog.get(TableClass, name))]


def _elsewhere(catalog: Catalog, child: Table, parent: Table, kind: type[Object], suffix: str) -> bool:
    """Whether another parent of a table has the column or constraint of this name as well."""
    others = [each for each in parents_of(catalog, child) if each.identity != parent.identity]
    if kind is Column:
        return any(catalog.get(Column, f"{each.identity}.{suffix}") for each in others)
    return any(catalog.get(Constraint, f"{suffix} on {each.identity}") for each in others)


# -- columns -----------------------------------------------------------------------------------------------------


def inherited_columns(catalog: Catalog, table: Table, parents: Iterable[Table]) -> list[Draft]:
    """The columns that a new table gets from its parents. Raises 42804 where two parents disagree."""
    drafts: dict[str, Draft] = {}
    for parent in parents:
        for column in columns_of(catalog, parent):
            before = drafts.get(column.name)
            if before is not None:
                _agree(before.column, column, f'inherited column "{column.name}" has a type conflict')
                not_null = before.column.not_null or column.not_null
                drafts[column.name] = replace(before, column=replace(before.column, not_null=not_null))
                continue
            made = _copied(column, table, len(drafts) + 1)
            if column.generated_identity and table.partition_of:  # PostgreSQL 17 passes it on to partitions
                made = replace(made, unknown=made.unknown | {"generated_identity"})
            if not parent.knows("columns"):
                made = replace(made, unknown=made.unknown | {"position"})
            drafts[column.name] = Draft(made, tuple(moved_edges(catalog, column, parent.identity, table)), (), None)
    return list(drafts.values())


def _copied(column: Column, table: Table, position: int) -> Column:
    return replace(
        column,
        identity=identity_of(table.identity, column.name),
        table=table.identity,
        position=position,
        generated_identity=None,
        acl=None,
        inherited=True,
        local=False,
        origin="made",
        made=None,
        changed=None,
        unknown=column.unknown - {"position"},
    )


def _agree(left: Column, right: Column, message: str) -> None:
    if left.type != right.type and left.knows("type") and right.knows("type"):
        raise CatalogError("42804", message, detail=f"{left.type} versus {right.type}")


def merged(inherited: Draft, local: Draft) -> Draft:
    """A column that a table both inherits and defines. Raises 42804 where the types differ, 42P21 for collations."""
    before, after = inherited.column, local.column
    _agree(before, after, f'column "{after.name}" has a type conflict')
    if before.collation != after.collation and before.knows("collation") and after.knows("collation"):
        raise CatalogError("42P21", f'column "{after.name}" has a collation conflict')
    column = replace(
        after,
        position=before.position,
        not_null=before.not_null or after.not_null,
        default=before.default if after.default is None else after.default,
        generated=before.generated if after.generated is None else after.generated,
        inherited=True,
    )
    kept = inherited.edges if after.default is None else tuple(e for e in inherited.edges if not e.attribute)
    return replace(local, column=column, edges=(*local.edges, *kept))


def overridden(catalog: Catalog, table: Table, before: Draft | None, node: Node, statement: Statement) -> Draft:
    """A partition's column with what CREATE TABLE ... PARTITION OF says of it. Raises 42703."""
    if before is None:
        raise CatalogError("42703", f'column "{node["colname"]}" does not exist', node.get("location"))
    column, constraints, _, default = clauses_of(catalog, table, node, before.column, statement)
    edges = before.edges
    if default is not None:
        text, refs = default_text(
            catalog, default["raw_expr"], default_span(node, default, statement), statement, column
        )
        column = replace(column, default=text)
        edges = (*(e for e in edges if not e.attribute), *(Dependency(ref, attribute="default") for ref in refs))
    return Draft(replace(column, local=True), edges, constraints, None)


def add_column(catalog: Catalog, parent: Table, child: Table, column: Column) -> None:
    """Give a column that a parent just got to one of its children, and theirs. Raises 42804 for another type."""
    mine = catalog.get(Column, identity_of(child.identity, column.name))
    if mine is not None:
        _agree(mine, column, f'child table "{child.name}" has different type for column "{column.name}"')
        catalog.put(replace(mine, inherited=True))
        return
    made = _copied(column, child, next_position(catalog, child))
    if not child.knows("columns"):
        made = replace(made, unknown=made.unknown | {"position"})
    catalog.put(made, moved_edges(catalog, column, parent.identity, child))
    for each in children_of(catalog, child):
        add_column(catalog, child, each, made)


def drop_column(catalog: Catalog, parent: Table, child: Table, name: str, *, only: bool, cascade: bool) -> None:
    """Let go of an inherited column that its parent drops: it goes as well, or stays as the child's own."""
    mine = catalog.get(Column, identity_of(child.identity, name))
    if mine is None or _elsewhere(catalog, child, parent, Column, quote_ident(name)):
        return
    if only or mine.local:
        catalog.put(replace(mine, inherited=False, local=True))
        return
    from .alter_column import forget_column

    forget_column(catalog, child, mine, cascade=cascade, only=False)


# -- constraints ---------------------------------------------------------------------------------------------------


def copy_constraints(catalog: Catalog, table: Table, parents: Iterable[Table]) -> None:
    """Give a new table the CHECK constraints of its parents."""
    for parent in parents:
        for each in constraints_of(catalog, parent):
            if each.type == "check" and not each.no_inherit:
                pass_on(catalog, table, each)


def add_or_merge_check(catalog: Catalog, table: Table, node: Node, statement: Statement) -> None:
    """Add a CHECK constraint to a new table; the same one by inheritance becomes its own as well."""
    name = node.get("conname")
    before = catalog.get(Constraint, identity_on(name, table.identity)) if name else None
    if before is None or not before.inherited:
        add_check(catalog, table, node, statement)
        return
    catalog.remove(before.key)
    made = add_check(catalog, table, node, statement)
    _same(made, before, table)
    catalog.put(replace(made, inherited=True))


def _same(left: Constraint, right: Constraint, table: Table) -> None:
    if compare(left.expression or "", right.expression or "") is Likeness.DIFFERENT:
        message = f'constraint "{left.name}" for relation "{table.name}" already exists'
        raise CatalogError("42710", message)


def pass_on(catalog: Catalog, child: Table, check: Constraint) -> None:
    """Give a parent's CHECK constraint to a child and to the child's children. Raises 42710 for another one."""
    mine = catalog.get(Constraint, identity_on(check.name, child.identity))
    if mine is not None:
        _same(mine, check, child)
        if mine.no_inherit:
            message = f'constraint "{mine.name}" conflicts with non-inherited constraint on relation "{child.name}"'
            raise CatalogError("42P16", message)
        catalog.put(replace(mine, inherited=True))
        return
    made = moved_check(catalog, child, check, inherited=True)
    if not check.validated:
        catalog.put(replace(made, validated=False, definition=made.definition + " NOT VALID"))
    for each in children_of(catalog, child):
        pass_on(catalog, each, check)


def drop_constraint(catalog: Catalog, parent: Table, child: Table, name: str, *, only: bool) -> None:
    """Let go of an inherited CHECK constraint that its parent drops."""
    mine = catalog.get(Constraint, identity_on(name, child.identity))
    if mine is None or mine.type != "check" or _elsewhere(catalog, child, parent, Constraint, quote_ident(name)):
        return
    if only or mine.local:
        catalog.put(replace(mine, inherited=False, local=True))
        return
    catalog.drop([mine.key], cascade=True)
    for each in children_of(catalog, child):
        drop_constraint(catalog, child, each, name, only=False)


def copy_foreign_keys(catalog: Catalog, parent: Table, table: Table) -> None:
    """Give a partition the foreign keys of its parent."""
    for each in constraints_of(catalog, parent):
        if each.type == "foreign_key":
            pass_foreign_key_on(catalog, parent, table, each)


def pass_foreign_key_on(catalog: Catalog, parent: Table, child: Table, key: Constraint) -> None:
    """Give one foreign key of a partitioned table to a partition, and to that one's partitions."""
    for mine in constraints_of(catalog, child):
        if mine.type == "foreign_key" and mine.columns == key.columns and mine.references == key.references:
            catalog.put(replace(mine, inherited=True, local=False))
            return
    made = replace(
        key,
        identity=identity_on(key.name, child.identity),
        table=child.identity,
        inherited=True,
        local=False,
        origin="made",
        made=None,
        changed=None,
    )
    catalog.put(made, [*moved_edges(catalog, key, parent.identity, child), Dependency(key.key, auto=True)])
    for each in children_of(catalog, child):
        pass_foreign_key_on(catalog, child, each, made)


# -- indexes and triggers of partitions ----------------------------------------------------------------------------


def index_partitions(catalog: Catalog, table: Object, index: Index, *, only: bool) -> None:
    """Give an index of a partitioned table to its partitions; with ONLY it stays invalid until they have it."""
    children = children_of(catalog, table)
    if only:
        if children:
            catalog.put(replace(index, valid=False))
        return
    for each in children:
        _own_index(catalog, each, index)


def partition_indexes(catalog: Catalog, parent: Table, table: Table) -> None:
    """Give a partition the indexes of its parent, those it has already being taken for them."""
    for index in catalog.children(parent.identity, Index):
        _own_index(catalog, table, index)


def _own_index(catalog: Catalog, table: Table, parent: Index) -> None:
    require_partition_key(table, parent)
    for mine in catalog.children(table.identity, Index):
        if mine.parent is None and _alike(mine, parent):
            attach_index(catalog, mine, parent)
            return
    made = moved_index(catalog, table, parent, parent=parent)
    for each in children_of(catalog, table):
        _own_index(catalog, each, made)


def _alike(mine: Index, parent: Index) -> bool:
    return (
        mine.columns == parent.columns
        and mine.include == parent.include
        and mine.method == parent.method
        and mine.unique == parent.unique
        and (mine.predicate or "") == (parent.predicate or "")
        and (mine.constraint is not None or parent.constraint is None)
        and mine.nulls_not_distinct == parent.nulls_not_distinct
    )


def attach_index(catalog: Catalog, mine: Index, parent: Index) -> None:
    """Make an index a part of that of the partitioned table, and its constraint of the one there."""
    catalog.put(
        replace(mine, parent=parent.identity), [*catalog.depends_on(mine.key), Dependency(parent.key, auto=True)]
    )
    if mine.constraint is None or parent.constraint is None:
        return
    key = catalog.get(Constraint, identity_on(mine.constraint, mine.table))
    if key is not None:
        above = ("constraint", identity_on(parent.constraint, parent.table))
        edges = [*catalog.depends_on(key.key), Dependency(above, auto=True)]
        catalog.put(replace(key, inherited=True, local=False), edges)


def copy_triggers(catalog: Catalog, parent: Table, table: Table) -> None:
    """Give a partition the row triggers of its parent."""
    from .trigger import Trigger

    for each in catalog.children(parent.identity, Trigger):
        identity = f"{quote_ident(each.name)} on {table.identity}"
        if each.level != "row" or ("trigger", identity) in catalog:
            continue
        made = replace(
            each,
            identity=identity,
            table=table.identity,
            inherited=True,
            origin="made",
            made=None,
            changed=None,
        )
        edges = moved_edges(catalog, each, parent.identity, table)
        catalog.put(made, [*edges, Dependency(each.key, auto=True)])


# -- joining and leaving -------------------------------------------------------------------------------------------


def join(catalog: Catalog, child: Table, parent: Table) -> None:
    """Make the columns and CHECK constraints of a table those of its new parent as well.

    Raises 42804 where one lacks, or differs.
    """
    for column in columns_of(catalog, parent):
        mine = catalog.get(Column, identity_of(child.identity, column.name))
        if mine is None:
            if child.knows("columns"):
                raise CatalogError("42804", f'child table is missing column "{column.name}"')
            continue
        _agree(mine, column, f'child table "{child.name}" has different type for column "{column.name}"')
        if column.not_null and not mine.not_null and mine.knows("not_null"):
            raise CatalogError("42804", f'column "{column.name}" in child table must be marked NOT NULL')
        catalog.put(replace(mine, inherited=True))
    for check in constraints_of(catalog, parent):
        if check.type != "check" or check.no_inherit:
            continue
        mine_ = catalog.get(Constraint, identity_on(check.name, child.identity))
        if mine_ is None:
            if child.knows("constraints"):
                raise CatalogError("42804", f'child table is missing constraint "{check.name}"')
            continue
        if compare(mine_.expression or "", check.expression or "") is Likeness.DIFFERENT:
            message = f'child table "{child.name}" has different definition for check constraint "{check.name}"'
            raise CatalogError("42804", message)
        catalog.put(replace(mine_, inherited=True))


def leave(catalog: Catalog, child: Table, parent: Table) -> None:
    """Make what a table took from a parent its own; to be called once the parent is no longer named in it."""
    from .trigger import Trigger

    for column in columns_of(catalog, child):
        taken = catalog.get(Column, identity_of(parent.identity, column.name))
        if column.inherited and taken and not _elsewhere(catalog, child, parent, Column, quote_ident(column.name)):
            catalog.put(replace(column, inherited=False, local=True))
    for each in constraints_of(catalog, child):
        if each.inherited and not _elsewhere(catalog, child, parent, Constraint, quote_ident(each.name)):
            catalog.put(replace(each, inherited=False, local=True), _without(catalog, each, parent, "constraint"))
    for index in catalog.children(child.identity, Index):
        if index.parent is not None:
            catalog.put(replace(index, parent=None), _without(catalog, index, parent, "index"))
    for trigger in catalog.children(child.identity, Trigger):
        if trigger.inherited:
            catalog.drop([trigger.key], cascade=True)


def _without(catalog: Catalog, obj: Object, parent: Table, kind: str) -> list[Dependency]:
    """The edges of an object, less those to the same thing of a former parent."""
    kept: list[Dependency] = []
    for edge in catalog.depends_on(obj.key):
        above = catalog.find(edge.on) if edge.on[0] == kind and edge.auto else None
        if above is None or getattr(above, "table", None) != parent.identity:
            kept.append(edge)
    return kept


def attach(catalog: Catalog, parent: Table, command: Node, statement: Statement) -> None:
    """ALTER TABLE ... ATTACH PARTITION. Raises 42809 and 42804 for what cannot be one."""
    from .relation import table_named

    child = table_named(catalog, command["name"])
    if parent.relation_kind != "partitioned" and parent.knows("relation_kind"):
        raise CatalogError("42809", f'table "{parent.name}" is not partitioned')
    if child.partition_of is not None:
        raise CatalogError("42809", f'"{child.name}" is already a partition')
    if parent.knows("columns"):
        for column in columns_of(catalog, child):
            if ("column", identity_of(parent.identity, column.name)) not in catalog:
                raise CatalogError(
                    "42804",
                    f'table "{child.name}" contains column "{column.name}" not found in parent "{parent.name}"',
                    detail="The new partition may contain only the columns present in parent.",
                )
    join(catalog, child, parent)
    child = replace(child, partition_of=parent.identity)
    if command.get("bound"):
        child = with_bound(catalog, child, parent, command["bound"], statement)
    catalog.put(child, [*catalog.depends_on(child.key), Dependency(parent.key, auto=True)])
    partition_indexes(catalog, parent, child)
    copy_foreign_keys(catalog, parent, child)
    copy_triggers(catalog, parent, child)


def detach(catalog: Catalog, parent: Table, command: Node) -> None:
    """ALTER TABLE ... DETACH PARTITION. Raises 42P01 for what is no partition of it."""
    from .relation import table_named

    child = table_named(catalog, command["name"])
    if child.partition_of != parent.identity:
        if not child.knows("partition_of"):
            return
        raise CatalogError("42P01", f'relation "{child.name}" is not a partition of relation "{parent.name}"')
    edges = [edge for edge in catalog.depends_on(child.key) if edge.on != parent.key]
    child = catalog.put(replace(child, partition_of=None, partition_bound=None), edges)
    leave(catalog, child, parent)


def inherit(catalog: Catalog, child: Table, rangevar: Node) -> None:
    """ALTER TABLE ... INHERIT. Raises 42P07 for a parent it has already."""
    from .relation import table_named

    parent = table_named(catalog, rangevar)
    if parent.identity in child.inherits:
        raise CatalogError("42P07", f'relation "{parent.name}" would be inherited from more than once')
    join(catalog, child, parent)
    child = replace(child, inherits=(*child.inherits, parent.identity))
    catalog.put(child, [*catalog.depends_on(child.key), Dependency(parent.key)])


def disinherit(catalog: Catalog, child: Table, rangevar: Node) -> None:
    """ALTER TABLE ... NO INHERIT. Raises 42P01 for what is no parent of it."""
    from .relation import table_named

    parent = table_named(catalog, rangevar)
    if parent.identity not in child.inherits:
        if not child.knows("inherits"):
            return
        raise CatalogError("42P01", f'relation "{parent.name}" is not a parent of relation "{child.name}"')
    inherits = tuple(each for each in child.inherits if each != parent.identity)
    edges = [edge for edge in catalog.depends_on(child.key) if edge.on != parent.key]
    leave(catalog, catalog.put(replace(child, inherits=inherits), edges), parent)


def refuse_inherited(catalog: Catalog, table: Table, name: str, verb: str) -> Column | None:
    """The column of this name; raises 42P16 where it is inherited and so not to be changed here."""
    column = column_named(catalog, table, name)
    if column is not None and column.inherited:
        raise CatalogError("42P16", f'cannot {verb} inherited column "{name}"')
    return column


def own_constraint(catalog: Catalog, table: Table, name: str) -> Constraint | None:
    """The constraint of this name; raises 42P16 where it is inherited and so not to be dropped here."""
    found = constraint_named(catalog, table, name)
    if found is not None and found.inherited:
        raise CatalogError("42P16", f'cannot drop inherited constraint "{name}" of relation "{table.name}"')
    return found
