"""Two indexes on one table are the same but for their names.

Every write keeps both up to date, and no query gains by the second.

Found is what the Advisor finds (splinter 0009): on ordinary tables and materialized views, those behind
constraints among them.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...schema.objects.index import Index
from ...schema.objects.table import Table
from ...schema.objects.view import View
from ..finding import Level, Related
from ..rule import Fault, Rule
from ..schema import RESERVED_SCHEMAS, Relation, Schema, splinter_array
from ..words import listed

rule = Rule(__name__, level=Level.WARN, about=Table, splinter="0009_duplicate_index")

_SHAPE = ("method", "unique", "columns", "include", "predicate")


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
    groups: list[list[Index]] = []
    for index in schema.indexes(relation):
        group = next((group for group in groups if _same(group[0], index)), None)
        if group is None:
            groups.append([index])
        else:
            group.append(index)
    for group in groups:
        if len(group) > 1:
            yield _fault(relation, group, schema)


def _same(one: Index, other: Index) -> bool:
    if one.keys != other.keys or one.method != other.method:
        return False
    if _unlisted(one) or _unlisted(other):
        return one.definition.replace(one.name, "") == other.definition.replace(other.name, "")
    return all(one.likeness(other, each).same for each in _SHAPE)


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
        cache_keys=(f"duplicate_index_{relation.schema}_{relation.name}_{splinter_array(names)}",),
        object=relation.key,
    )
