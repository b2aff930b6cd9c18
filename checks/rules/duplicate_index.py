"""Two indexes on one table are the same but for their names.

Every write keeps both up to date, and no query gains by the second.

Found is what the Advisor finds (splinter 0009): on ordinary tables and materialized views, those behind
constraints among them. It compares the definitions with the index's name taken out wherever it stands: an
index that is called as its column (``create index status on orders (status)``) can so be taken for one on
another column, which the finding then says, or differ from one that is the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from ...schema.expression import compare
from ...schema.names import quote_ident
from ...schema.objects.column import Column
from ...schema.objects.index import Index, definition
from ...schema.objects.table import Table
from ...schema.objects.view import View
from ..finding import Level, Related
from ..rule import Fault, Rule
from ..schema import RESERVED_SCHEMAS, Relation, Schema, splinter_array
from ..topic import Topic
from ..words import listed

rule = Rule(__name__, level=Level.WARN, about=Table, splinter="0009_duplicate_index", topic=Topic.PERFORMANCE)


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
    known = [index for index in schema.indexes(relation) if index.knows("columns") and index.knows("predicate")]
    if not _may_be_alike(known):
        return
    groups: dict[_Text, list[Index]] = {}
    for index in known:
        groups.setdefault(_text(index), []).append(index)
    if len(groups) < 2 or not any(any(text[1:]) for text in groups):
        found = list(groups.values())
    else:
        found = _joined(groups, relation, schema)
    for alike in found:
        if len(alike) > 1:
            yield _fault(relation, sorted(alike, key=lambda index: index.name.encode()), schema)


def _may_be_alike(indexes: Sequence[Index]) -> bool:
    """Whether two may be the same: those on plain columns are not, unless they have the same or are called so."""
    if any(index.predicate is not None or None in index.keys for index in indexes):
        return len(indexes) > 1
    facts = {(each.columns, each.unique, each.method, each.include, each.options) for each in indexes}
    return len(facts) < len(indexes) or any(
        each.name in ", ".join((_FRAME, each.table, each.method, *each.columns, *each.include, *each.options))
        for each in indexes
    )


_FRAME = "CREATE UNIQUE INDEX ON USING INCLUDE NULLS NOT DISTINCT WITH"
_Text = tuple[str, ...]  # the definition without its expressions, and these, as they were written


def _text(index: Index) -> _Text:
    """What splinter compares: the definition without the index's name, wherever that stands in it."""
    plain = [text if key is not None else "" for text, key in zip(index.columns, index.keys, strict=True)]
    frame = replace(index, columns=tuple(plain), predicate=None if index.predicate is None else "")
    expressions = [text for text, key in zip(index.columns, index.keys, strict=True) if key is None]
    texts = (definition(frame, index.name), *expressions, index.predicate or "")
    return tuple(text.replace(index.name, "") for text in texts)


def _joined(groups: dict[_Text, list[Index]], relation: Relation, schema: Schema) -> list[list[Index]]:
    """Put those together whose expressions mean the same, however they are written."""
    types = {column.name: column.type for column in schema.catalog.children(relation.identity, Column)}
    found: list[tuple[_Text, list[Index]]] = []
    for text, indexes in groups.items():
        for other, alike in found:
            pairs = zip(other[1:], text[1:], strict=False)
            if other[0] == text[0] and all(one == two or compare(one, two, types).same for one, two in pairs):
                alike.extend(indexes)
                break
        else:
            found.append((text, list(indexes)))
    return [indexes for _, indexes in found]


def _by_use(index: Index) -> tuple[object, ...]:
    """What backs a constraint first, then the platform's own, then as they were made."""
    return (index.constraint is None, index.origin != "platform", index.made_at is None, index.made_at or 0)


def _fault(relation: Relation, group: list[Index], schema: Schema) -> Fault:
    names = [index.name for index in group]
    by_use = sorted(group, key=_by_use)
    spare = by_use[1:]
    fault = Fault(
        spare[0],
        f"{relation.identity} has identical indexes: {listed(names)}",
        related=tuple(
            Related(place, f"{index.name} is the same") for index in by_use if (place := schema.place(index))
        )[:1],
        cache_keys=(f"duplicate_index_{relation.schema}_{relation.name}_{splinter_array(names)}",),
        object=relation.key,
    )
    if len({index.keys for index in group}) > 1:  # told apart by the names alone that are taken out
        return replace(
            fault,
            message=f"the Advisor takes the indexes {listed(names)} of {relation.identity} for identical: "
            "they are called as what they are on",
            remedy="Keep them, and call them otherwise, for instance",
            sql=f"alter index {spare[0].identity} rename to {quote_ident(f'{relation.name}_{spare[0].name}_idx')};",
        )
    return replace(
        fault,
        remedy=f"Keep {by_use[0].name} and drop the rest:",
        sql="\n".join(schema.drop_index(index) for index in spare),
    )
