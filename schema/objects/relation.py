"""What is alike for tables, indexes and sequences: DROP, RENAME, SET SCHEMA, OWNER TO."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from .. import alter
from ..catalog import Catalog, CatalogError, Key, Node, Object, executes, strings
from ..meaning.lookup import find_relation, names_of, place_of, report_missing
from ..meaning.lookup import schema as schema_named
from ..meaning.resolve import relation, require_free
from ..names import name_of
from ..rename import follow, follow_all
from .column import SYSTEM_COLUMNS, columns_of, identity_of
from .constraint import Constraint, identity_on
from .constraint import rename as rename_constraint
from .index import Index
from .inheritance import children_of
from .names_given import relation_named
from .sequence import Sequence
from .table import Table
from .view import View
from .view import rename_column as rename_view_column

if TYPE_CHECKING:
    from collections.abc import Sequence as Names

    from ..source import Statement

_WORDS = {
    "OBJECT_TABLE": ("a table", "table", "42P01"),
    "OBJECT_FOREIGN_TABLE": ("a foreign table", "foreign table", "42P01"),
    "OBJECT_SEQUENCE": ("a sequence", "sequence", "42P01"),
    "OBJECT_INDEX": ("an index", "index", "42704"),
}
_DROP_WITH = {"table": "TABLE", "view": "VIEW", "sequence": "SEQUENCE", "index": "INDEX"}


def kind_of(obj: Object) -> str:
    """The object type by which DROP takes a relation."""
    relation_kind = getattr(obj, "relation_kind", "")
    if obj.kind == "table":
        return "OBJECT_FOREIGN_TABLE" if relation_kind == "foreign" else "OBJECT_TABLE"
    return f"OBJECT_{obj.kind.upper()}"


def table_named(catalog: Catalog, rangevar: Node) -> Table:
    """The table that a statement names. Raises 42809 for another kind of relation."""
    found = relation(catalog, rangevar)
    if not isinstance(found, Table):
        raise CatalogError("42809", f'"{rangevar["relname"]}" is not a table', place_of(rangevar))
    return found


# -- DROP ----------------------------------------------------------------------------------------------------


@executes("DropStmt", "OBJECT_TABLE", "OBJECT_FOREIGN_TABLE", "OBJECT_SEQUENCE", "OBJECT_INDEX")
def drop(catalog: Catalog, node: Node, statement: Statement) -> None:
    """DROP TABLE, FOREIGN TABLE, SEQUENCE and INDEX.

    Raises 42809 for another kind of relation, 2BP01 for what something else needs or belongs to.
    """
    doomed: list[Key] = []
    for each in node["objects"]:
        names = strings(each["List"]["items"])
        found = find_relation(catalog, names)
        if found is None:
            if not node.get("missing_ok"):
                _, word, sqlstate = _WORDS[node["removeType"]]
                report_missing(catalog, word.split()[-1], names, sqlstate, f'{word} "{".".join(names)}" does not exist')
            continue
        _require_kind(found, node["removeType"], names)
        _require_independence(catalog, found)
        doomed.append(found.key)
    catalog.drop(doomed, cascade=node.get("behavior") == "DROP_CASCADE")


def _require_kind(found: Object, wanted: str, names: Names[str]) -> None:
    if kind_of(found) == wanted or found.origin == "assumed" or not found.knows("relation_kind"):
        return
    word = _DROP_WITH.get(found.kind, "TYPE")
    if getattr(found, "relation_kind", "") in {"foreign", "materialized"}:
        word = "FOREIGN TABLE" if found.kind == "table" else "MATERIALIZED VIEW"
    hint = f"Use DROP {word} to remove a {word.lower()}."
    raise CatalogError("42809", f'"{names[-1]}" is not {_WORDS[wanted][0]}', hint=hint)


def _require_independence(catalog: Catalog, found: Object) -> None:
    """Raise 2BP01 for a part of something else: a key's index, an identity's sequence, a partition's index."""
    if isinstance(found, Sequence) and found.identity_column:
        table, _, column = (found.owned_by or "").rpartition(".")
        raise _required(f"sequence {found.name}", f"column {column} of table {table}")
    if isinstance(found, Index):
        if found.constraint is not None:
            raise _required(f"index {found.name}", f"constraint {found.constraint} on table {found.table}")
        if found.parent is not None and ("index", found.parent) in catalog:
            raise _required(f"index {found.name}", f"index {found.parent}")


def _required(what: str, by: str) -> CatalogError:
    return CatalogError("2BP01", f"cannot drop {what} because {by} requires it", hint=f"You can drop {by} instead.")


# -- RENAME --------------------------------------------------------------------------------------------------


@executes("RenameStmt", "OBJECT_TABLE", "OBJECT_FOREIGN_TABLE", "OBJECT_SEQUENCE", "OBJECT_INDEX")
def rename_relation(catalog: Catalog, node: Node, statement: Statement) -> None:
    """ALTER ... RENAME TO; under the name of TABLE or INDEX it takes any relation. Raises 42P07, 42809."""
    rangevar, name = node["relation"], node["newname"]
    found = find_relation(catalog, names_of(rangevar))
    if found is None:
        if node.get("missing_ok"):
            return
        found = relation(catalog, rangevar)
    if node["renameType"] in {"OBJECT_SEQUENCE", "OBJECT_FOREIGN_TABLE"}:
        _require_kind(found, node["renameType"], names_of(rangevar))
    if isinstance(found, Index) and found.constraint is not None:
        constraint = catalog.get(Constraint, identity_on(found.constraint, found.table))
        if constraint is not None:
            table = catalog.get(Table, found.table)
            rename_constraint(catalog, table or found, constraint, name)
            return
    alter.change_name(catalog, found, name, lambda schema, new: require_free(catalog, schema, new, place_of(rangevar)))


@executes("RenameStmt", "OBJECT_COLUMN")
def rename_column(catalog: Catalog, node: Node, statement: Statement) -> None:
    """ALTER TABLE (or VIEW) ... RENAME COLUMN. Raises 42703, 42701, 42P16 for an inherited column."""
    rangevar = node["relation"]
    found = find_relation(catalog, names_of(rangevar))
    if found is None:
        if node.get("missing_ok"):
            return
        found = relation(catalog, rangevar)
    old, new = node["subname"], node["newname"]
    if isinstance(found, View):
        rename_view_column(catalog, found, old, new, place_of(rangevar))
    elif isinstance(found, Table):
        _rename_column(catalog, found, old, new, only=not rangevar.get("inh"))
    else:
        raise CatalogError("42809", f'cannot rename columns of relation "{rangevar["relname"]}"', place_of(rangevar))


def _rename_column(catalog: Catalog, table: Table, old: str, new: str, *, only: bool, recursing: bool = False) -> None:
    columns = {each.name: each for each in columns_of(catalog, table)}
    column = columns.get(old)
    if column is None:
        if table.knows("columns"):
            raise CatalogError("42703", f'column "{old}" does not exist')
        return
    if column.inherited and not recursing:
        raise CatalogError("42P16", f'cannot rename inherited column "{old}"')
    children = children_of(catalog, table)
    if children and only and not recursing:
        raise CatalogError("42P16", f'inherited column "{old}" must be renamed in child tables too')
    if new in columns:
        raise CatalogError("42701", f'column "{new}" of relation "{table.name}" already exists')
    if new in SYSTEM_COLUMNS:
        raise CatalogError("42701", f'column name "{new}" conflicts with a system column name')
    for child in children:
        _rename_column(catalog, child, old, new, only=False, recursing=True)
    follow(catalog, column.key, replace(column, identity=identity_of(table.identity, new), name=new))
    mine = catalog.get(Table, table.identity)
    if mine is not None and mine.partition_columns and old in mine.partition_columns:
        renamed = tuple(new if each == old else each for each in mine.partition_columns)
        catalog.put(replace(mine, partition_columns=renamed))


# -- SET SCHEMA, OWNER ---------------------------------------------------------------------------------------


@executes("AlterObjectDependsStmt", "OBJECT_INDEX", "OBJECT_MATVIEW")
def depend(catalog: Catalog, node: Node, statement: Statement) -> None:
    """ALTER INDEX and MATERIALIZED VIEW ... DEPENDS ON EXTENSION."""
    alter.depend_on_extension(catalog, relation(catalog, node["relation"]), node)


@executes("AlterObjectSchemaStmt", "OBJECT_TABLE", "OBJECT_FOREIGN_TABLE", "OBJECT_SEQUENCE")
def set_schema(catalog: Catalog, node: Node, statement: Statement) -> None:
    """ALTER ... SET SCHEMA: a table takes its indexes and its columns' sequences along."""
    rangevar = node["relation"]
    found = find_relation(catalog, names_of(rangevar))
    if found is None:
        if node.get("missing_ok"):
            return
        found = relation(catalog, rangevar)
    if isinstance(found, Sequence) and found.owned_by is not None:
        table = found.owned_by.rpartition(".")[0]
        raise CatalogError(
            "0A000",
            "cannot move an owned sequence into another schema",
            detail=f'Sequence "{found.name}" is linked to table "{table}".',
        )
    target = schema_named(catalog, node["newschema"])
    moving: list[Table | Index | Sequence | View] = []
    if isinstance(found, (Table, Sequence, View)):
        moving.append(found)
    if isinstance(found, Table):
        moving += catalog.children(found.identity, Index)
        moving += owned_sequences(catalog, found)
    if not moving or moving[0].schema == target:
        return
    moved: dict[Key, Object] = {}
    for each in moving:
        if relation_named(catalog, target, each.name):
            raise CatalogError("42P07", f'relation "{each.name}" already exists in schema "{target}"')
        moved[each.key] = replace(each, schema=target, identity=name_of(target, each.name))
    follow_all(catalog, moved)


def owned_sequences(catalog: Catalog, table: Table) -> list[Sequence]:
    """The sequences that columns of a table own."""
    return [each for each in catalog.dependents(table.key) if isinstance(each, Sequence) and each.owned_by]


def change_owner(catalog: Catalog, table: Table, rolespec: Node) -> None:
    """ALTER TABLE ... OWNER TO: its sequences go with it."""
    for sequence in owned_sequences(catalog, table):
        alter.change_owner(catalog, sequence, rolespec)
    alter.change_owner(catalog, table, rolespec)
