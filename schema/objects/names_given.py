"""The names that PostgreSQL gives to what a statement leaves unnamed: indexes, constraints, sequences.

As ``makeObjectName``, ``ChooseRelationName``, ``ChooseConstraintName`` and ``ChooseIndexColumnNames`` do
(src/backend/commands/indexcmds.c, src/backend/catalog/pg_constraint.c).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from ..catalog import Catalog, Node
from ..meaning.result_names import figure_name
from ..names import name_of

NAME_BYTES = 63  # NAMEDATALEN less the byte that ends it


def relation_named(catalog: Catalog, schema: str, name: str) -> bool:
    """Whether a name is taken among the relations of a schema, which have one space of names."""
    identity = name_of(schema, name)
    if catalog.relation(identity) is not None:
        return True
    found = catalog.find(("type", identity))
    return getattr(found, "type_kind", "") == "composite"


def clipped(text: str, size: int) -> str:
    """The longest beginning of a text that fits into so many bytes."""
    data = text.encode()
    return text if len(data) <= size else data[:size].decode(errors="ignore")


def object_name(first: str, second: str | None, label: str | None) -> str:
    """Join the parts of a given name, the longer of the first two being cut until all fit."""
    name = first if second is None else f"{first}_{second}"
    name = f"{name}_{label}" if label else name
    if len(name) <= NAME_BYTES and name.isascii():
        return name
    overhead = (len(label.encode()) + 1 if label else 0) + (1 if second is not None else 0)
    one, two = len(first.encode()), len((second or "").encode())
    room = NAME_BYTES - overhead
    while one + two > room:
        if one > two:
            one -= 1
        else:
            two -= 1
    parts = [clipped(first, one)]
    if second is not None:
        parts.append(clipped(second, two))
    if label:
        parts.append(label)
    return "_".join(parts)


def relation_name(
    catalog: Catalog, schema: str, first: str, second: str | None, label: str, *, constraint: bool = False
) -> str:
    """A name for an index or sequence that no relation of the schema (for a key, no constraint) has yet."""
    number = 0
    while True:
        name = object_name(first, second, f"{label}{number or ''}")
        taken = relation_named(catalog, schema, name)
        if not taken and not (constraint and constraint_in_schema(catalog, schema, name)):
            return name
        number += 1


def constraint_name(catalog: Catalog, schema: str, table: str, column: str | None, label: str) -> str:
    """A name for a CHECK or foreign key that no constraint of the whole schema has yet."""
    number = 0
    while True:
        name = object_name(table, column, f"{label}{number or ''}")
        if not constraint_in_schema(catalog, schema, name):
            return name
        number += 1


def constraint_in_schema(catalog: Catalog, schema: str, name: str) -> bool:
    """Whether any table or domain of a schema has a constraint of this name."""
    for each in catalog.named("constraint", name):
        home = catalog.find(("table", each.table)) or catalog.find(("type", each.table))  # type: ignore[attr-defined]
        if getattr(home, "schema", None) == schema:
            return True
    return False


def joined(columns: Iterable[str]) -> str:
    """The columns' part of a name, ended once it is too long to matter."""
    name = ""
    for column in columns:
        name = f"{name}_{column}" if name else column
        if len(name.encode()) >= NAME_BYTES + 1:
            break
    return name


def index_columns(elements: Iterable[Node]) -> list[str]:
    """What the keys of an index (IndexElem nodes) are called in its name, each differing from those before."""
    names: list[str] = []
    for element in elements:
        origin = element.get("indexcolname") or element.get("name") or column_of(element.get("expr")) or "expr"
        name, number = origin, 0
        while name in names:
            number += 1
            name = clipped(origin, NAME_BYTES - len(str(number))) + str(number)
        names.append(name)
    return names


def column_of(node: Node | None) -> str | None:
    """What a column made of an expression is called, None where nothing suggests a name."""
    name = figure_name(node) if node else "?column?"
    return None if name == "?column?" else name


def of_index(catalog: Catalog, schema: str, table: str, elements: Iterable[Node], kind: str) -> str:
    """The name of an unnamed index; ``kind`` is pkey, key, excl or idx."""
    if kind == "pkey":
        return relation_name(catalog, schema, table, None, kind, constraint=True)
    columns = joined(index_columns(elements))
    return relation_name(catalog, schema, table, columns, kind, constraint=kind != "idx")


def of_check(catalog: Catalog, schema: str, table: str, columns: Collection[str]) -> str:
    """The name of an unnamed CHECK constraint that reads these columns."""
    return constraint_name(catalog, schema, table, next(iter(columns)) if len(columns) == 1 else None, "check")
