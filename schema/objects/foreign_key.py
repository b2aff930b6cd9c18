"""Foreign keys."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from ..catalog import Catalog, CatalogError, Dependency, Key, Node, Object, strings
from ..dependency import to_columns
from ..meaning.resolve import relation
from ..names import kept, quote_ident
from ..store import NOTHING_UNKNOWN
from .casts import without_modifier
from .column import Column, column_named, identity_of
from .constraint import Constraint, constraints_of, identity_on, primary_key, require_free_name, timing
from .index import Index
from .names_given import constraint_name, joined

if TYPE_CHECKING:
    from ..source import Statement
    from .table import Table

_ACTIONS = {"a": "no action", "r": "restrict", "c": "cascade", "n": "set null", "d": "set default"}


def add_foreign_key(catalog: Catalog, table: Table, node: Node, statement: Statement) -> Constraint:
    """Add a foreign key.

    Raises 42703 for a column that is not there, 42809 for what is no table, 42704 and 42830 where the referenced
    table has no such key, 42804 where the types have no equality.
    """
    position = node.get("location")
    columns = kept(tuple(strings(node["fk_attrs"])))
    name = node.get("conname")
    if name:
        identity = require_free_name(catalog, table, name, position)
    else:  # a given name is free
        name = constraint_name(catalog, table.schema, table.name, joined(columns), "fkey")
        identity = identity_on(name, table.identity)
    target = relation(catalog, node["pktable"])
    if target.kind != "table":
        raise CatalogError("42809", f'referenced relation "{node["pktable"]["relname"]}" is not a table', position)
    _require_persistence(table, target, position)
    mine = [_referable(catalog, table, each, position) for each in columns]
    written = kept(tuple(strings(node["pk_attrs"]))) if "pk_attrs" in node else ()
    theirs = [_referable(catalog, target, each, position) for each in written]
    referenced, key, sure = _referenced(catalog, target, node, written)
    theirs = theirs or [catalog.get(Column, identity_of(target.identity, each)) for each in referenced]
    if sure:
        _comparable(name, mine, theirs)
    deferred = bool(node.get("initdeferred"))
    shape = _Shape(
        columns=columns,
        target=target.identity,
        itself=target.identity == table.identity,
        referenced=referenced,
        needed=_needed(target, referenced, theirs, key),
        full=node.get("fk_matchtype") == "f",
        on_update=_ACTIONS[node.get("fk_upd_action", "a")],
        on_delete=_ACTIONS[node.get("fk_del_action", "a")],
        set_columns=tuple(strings(node["fk_del_set_cols"])) if "fk_del_set_cols" in node else (),
        deferrable=deferred or bool(node.get("deferrable")),
        deferred=deferred,
        validated=not node.get("skip_validation"),
    )
    return catalog.add(replace(_plain(shape), identity=identity, table=table.identity))


class _Shape(msgspec.Struct, frozen=True):
    """What two foreign keys of different tables have in common, where all of it is the same."""

    columns: tuple[str, ...]
    target: str
    itself: bool  # whether the target is the table itself
    referenced: tuple[str, ...]
    needed: tuple[Key, ...]  # these columns, and the constraint or index on them
    full: bool  # MATCH FULL
    on_update: str
    on_delete: str
    set_columns: tuple[str, ...]
    deferrable: bool
    deferred: bool
    validated: bool


@lru_cache(1024)  # many lead from the like columns to the same few tables
def _plain(shape: _Shape) -> Constraint:
    """A foreign key as it is in any table, without a name."""
    theirs = shape.needed if shape.itself else (("table", shape.target), *shape.needed)
    return Constraint(
        identity="",
        table="",
        type="foreign_key",
        columns=shape.columns,
        definition=_definition(shape),
        validated=shape.validated,
        deferrable=shape.deferrable,
        deferred=shape.deferred,
        references=shape.target,
        on_delete=shape.on_delete,
        on_update=shape.on_update,
        referenced_columns=shape.referenced,
        unknown=NOTHING_UNKNOWN if shape.referenced else frozenset({"definition"}),
        needs=(*to_columns(shape.columns), *map(Dependency, theirs)),
    )


def _needed(
    target: Object, referenced: tuple[str, ...], columns: list[Column | None], key: Constraint | Index | None
) -> tuple[Key, ...]:
    """What a foreign key needs of the table: the identities that the columns have, not new texts like them."""
    found = [
        each.key if each else ("column", identity_of(target.identity, name))
        for name, each in zip(referenced, columns, strict=True)
    ]
    return (*found, key.key) if key else tuple(found)


def _definition(shape: _Shape) -> str:
    """A foreign key as ``pg_get_constraintdef`` prints it."""
    text = f"FOREIGN KEY ({_listed(shape.columns)}) REFERENCES {shape.target}({_listed(shape.referenced)})"
    text += " MATCH FULL" if shape.full else ""
    for word, action in (("UPDATE", shape.on_update), ("DELETE", shape.on_delete)):
        text += f" ON {word} {action.upper()}" if action != "no action" else ""
    text += f" ({_listed(shape.set_columns)})" if shape.set_columns else ""
    return (
        text + timing(deferrable=shape.deferrable, deferred=shape.deferred) + ("" if shape.validated else " NOT VALID")
    )


_REFERABLE = {"permanent": "permanent", "unlogged": "permanent or unlogged", "temporary": "temporary"}


def _require_persistence(table: Table, target: Object, position: int | None) -> None:
    """Raise 42P16 where a table would reference one that may be lost while it is not."""
    theirs = getattr(target, "persistence", None)
    if theirs == table.persistence or not (table.knows("persistence") and target.knows("persistence")):
        return
    if table.persistence == "unlogged" and theirs == "permanent":
        return
    message = f"constraints on {table.persistence} tables may reference only {_REFERABLE[table.persistence]} tables"
    raise CatalogError("42P16", message, position)


def require_persistence(catalog: Catalog, table: Table, persistence: str) -> None:
    """Raise 42P16 where a foreign key keeps a table from becoming logged (permanent) or unlogged."""
    keys = [each for each in constraints_of(catalog, table) if each.type == "foreign_key"]
    if persistence == "unlogged":
        keys = [each for each in catalog.needing(table.key, Constraint) if each.references == table.identity]
    for key in keys:
        other = catalog.find(("table", (key.references if persistence == "permanent" else key.table) or ""))
        if other is None or other.key == table.key or not other.knows("persistence"):
            continue
        theirs = getattr(other, "persistence", "")
        name = getattr(other, "name", "")
        if persistence == "permanent" and theirs == "unlogged":
            message = f'could not change table "{table.name}" to logged because it references unlogged table "{name}"'
            raise CatalogError("42P16", message)
        if persistence == "unlogged" and theirs == "permanent":
            message = f'could not change table "{table.name}" to unlogged because it references logged table "{name}"'
            raise CatalogError("42P16", message)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(map(quote_ident, names))


def _referable(catalog: Catalog, table: Object, name: str, position: int | None) -> Column | None:
    """The column of this name; None where the table's columns are not all known. Raises 42703."""
    column = catalog.get(Column, identity_of(table.identity, name))
    if column is None and table.knows("columns"):
        message = f'column "{name}" referenced in foreign key constraint does not exist'
        raise CatalogError("42703", message, position)
    return column


def _referenced(
    catalog: Catalog, target: Object, node: Node, written: tuple[str, ...]
) -> tuple[tuple[str, ...], Constraint | Index | None, bool]:
    """The referenced columns, the key on them, and whether both are known."""
    position = node.get("location")
    sure = not target.unknown or all(target.knows(each) for each in ("columns", "constraints", "indexes"))
    name = getattr(target, "name", "")
    if not written:
        key = primary_key(catalog, target)
        if key is None:
            if sure:
                raise CatalogError("42704", f'there is no primary key for referenced table "{name}"', position)
            return (), None, False
        _same_number(node, key.columns)
        return key.columns, key, sure
    _same_number(node, written)
    for constraint in constraints_of(catalog, target):
        if constraint.type in {"primary_key", "unique"} and _alike(constraint.columns, written):
            if constraint.deferrable:
                message = f'cannot use a deferrable unique constraint for referenced table "{name}"'
                raise CatalogError("55000", message, position)
            return written, constraint, sure
    for index in catalog.children(target.identity, Index):
        if index.unique and index.predicate is None and index.constraint is None and _alike(index.keys, written):
            return written, index, sure
    if sure:
        message = f'there is no unique constraint matching given keys for referenced table "{name}"'
        raise CatalogError("42830", message, position)
    return written, None, False


def _alike(keys: tuple[str | None, ...], columns: tuple[str, ...]) -> bool:
    """Whether a key is on these columns, in whatever order."""
    return keys == columns or (len(keys) == len(columns) > 1 and set(keys) == set(columns))


def _same_number(node: Node, referenced: tuple[str, ...]) -> None:
    if len(node["fk_attrs"]) != len(referenced):
        message = "number of referencing and referenced columns for foreign key disagree"
        raise CatalogError("42830", message, node.get("location"))


# Built-in types of one family have an equality operator between them, those of two families have none.
_FAMILIES = {
    "smallint": "number",
    "integer": "number",
    "bigint": "number",
    "numeric": "number",
    "real": "number",
    "double precision": "number",
    "text": "text",
    "character varying": "text",
    "character": "text",
    "uuid": "uuid",
    "boolean": "boolean",
    "date": "time",
    "timestamp without time zone": "time",
    "timestamp with time zone": "time",
    "jsonb": "jsonb",
}


def _family(printed: str) -> str | None:
    bare = without_modifier(printed)
    family = _FAMILIES.get(bare.removesuffix("[]"))
    return f"{family}[]" if family and bare.endswith("[]") else family


def require_comparable(catalog: Catalog, key: Constraint) -> None:
    """Raise 42804 where the columns of a foreign key have become of types without an equality."""
    table = catalog.find(("table", key.table))
    target = catalog.find(("table", key.references or ""))
    if table is not None and target is not None and len(key.columns) == len(key.referenced_columns):
        mine = [column_named(catalog, table, each) for each in key.columns]
        theirs = [column_named(catalog, target, each) for each in key.referenced_columns]
        _comparable(key.name, mine, theirs)


def _comparable(name: str, mine: Iterable[Column | None], theirs: Iterable[Column | None]) -> None:
    for one, other in zip(mine, theirs, strict=True):
        if one is None or other is None or one.type == other.type or not (one.knows("type") and other.knows("type")):
            continue
        families = [_family(each.type) for each in (one, other)]
        if None not in families and families[0] != families[1]:
            raise CatalogError(
                "42804",
                f'foreign key constraint "{name}" cannot be implemented',
                detail=f'Key columns "{one.name}" and "{other.name}" are of incompatible types: '
                f"{one.type} and {other.type}.",
            )
