"""Two indexes on one table are the same but for their names.

Every write keeps both up to date, and no query gains by the second.

Found is what the Advisor finds (splinter 0009): on ordinary tables and materialized views, those behind
constraints among them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ...schema.expression import compare
from ...schema.names import quote_ident
from ...schema.objects.column import Column
from ...schema.objects.index import Index
from ...schema.objects.table import Table
from ...schema.objects.view import View
from ..finding import Level, Related
from ..rule import Fault, Rule
from ..schema import RESERVED_SCHEMAS, Relation, Schema, splinter_array
from ..topic import Topic
from ..words import listed

rule = Rule(__name__, level=Level.WARN, about=Table, splinter="0009_duplicate_index", topic=Topic.PERFORMANCE)

_SHAPE = ("unique", "columns", "include")


@rule
def check(table: Table, schema: Schema) -> Iterator[Fault]:
    """Group a table's indexes by what they are."""
    if schema.advised(table):
        yield from _duplicates(table, schema)


@rule.also(View)
def check_view(view: View, schema: Schema) -> Iterator[Fault]:
    """Group a materialized view's indexes by what they are."""
    if view.relation_kind == "materialized" and view.schema not in RESERVED_SCHEMAS:
        yield from _duplicates(view, schema)


def _duplicates(relation: Relation, schema: Schema) -> Iterator[Fault]:
    types = {column.name: column.type for column in schema.catalog.children(relation.identity, Column)}
    groups: list[list[Index]] = []
    for index in schema.indexes(relation):
        group = next((group for group in groups if _same(group[0], index, types)), None)
        if group is None:
            groups.append([index])
        else:
            group.append(index)
    for group in groups:
        if len(group) > 1:
            yield _fault(relation, group, schema)


def _same(one: Index, other: Index, types: Mapping[str, str]) -> bool:
    if one.keys != other.keys or one.method != other.method or not (one.knows("columns") and other.knows("columns")):
        return False
    if (one.predicate is None) != (other.predicate is None):
        return False
    if _unlisted(one) or _unlisted(other):
        return one.definition.replace(one.name, "") == other.definition.replace(other.name, "")
    if not all(one.likeness(other, each).same for each in _SHAPE):
        return False
    return one.predicate == other.predicate or compare(one.predicate, other.predicate, types).same


def _unlisted(index: Index) -> bool:
    """Whether the index has a property that only its definition tells."""
    words = index.definition.upper()
    return " WITH (" in words or " TABLESPACE " in words or "NULLS NOT DISTINCT" in words


def _fault(relation: Relation, group: list[Index], schema: Schema) -> Fault:
    names = [index.name for index in group]
    by_use = sorted(group, key=lambda index: (index.constraint is None, index.made_at is None, index.made_at or 0))
    spare = by_use[1:]
    return Fault(
        spare[0],
        f"{relation.identity} has identical indexes: {listed(names)}",
        remedy=f"Keep {by_use[0].name} and drop the rest:",
        sql="\n".join(schema.drop_index(index) for index in spare),
        related=tuple(
            Related(place, f"{index.name} is the same") for index in by_use if (place := schema.place(index))
        )[:1],
        cache_keys=tuple(
            f"duplicate_index_{relation.schema}_{relation.name}_{splinter_array(alike)}"
            for alike in _as_splinter(names)
            if len(alike) > 1
        ),
        object=relation.key,
    )


def _as_splinter(names: list[str]) -> list[list[str]]:
    """Split names as splinter does: it takes the bare name out of the definition, and quotes stay."""
    bare = [name for name in names if quote_ident(name) == name]
    return [bare, [name for name in names if name not in bare]]
