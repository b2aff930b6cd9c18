"""An index is the beginning of another one, which serves all its queries.

Both are kept up to date by every write. Dropping the shorter one is safe where no query counts on its being
smaller.

Found are B-trees over the first columns of another B-tree of the same predicate; not unique ones, and not
those behind constraints. Indexes that are wholly alike are ``duplicate_index``'s.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...schema.expression import compare_keys
from ...schema.objects.index import Index
from ..finding import Level, Related
from ..rule import Fault, Rule
from ..schema import Schema
from ..topic import Topic

rule = Rule(__name__, level=Level.INFO, about=Index, topic=Topic.PERFORMANCE)

_FACTS = ("method", "unique", "columns", "include", "predicate", "constraint")


@rule
def check(index: Index, schema: Schema) -> Iterator[Fault]:
    """Look for a longer index that begins as this one."""
    relation = schema.relation(index.table)
    if relation is None or index.unique or index.constraint or index.method != "btree" or not _known(index):
        return
    longer = next((other for other in schema.indexes(relation) if _begins(other, index)), None)
    if longer is not None:
        place = schema.place(longer)
        yield Fault(
            index,
            f"index {index.name} ({', '.join(index.columns)}) on {index.table} is the beginning of {longer.name} "
            f"({', '.join(longer.columns)})",
            remedy="Drop the shorter one:",
            sql=schema.drop_index(index),
            related=(Related(place, f"{longer.name} serves the same queries"),) if place else (),
        )


def _known(index: Index) -> bool:
    return index.valid and all(index.knows(fact) for fact in _FACTS)


def _begins(longer: Index, index: Index) -> bool:
    count = len(index.columns)
    return (
        len(longer.columns) > count
        and longer.keys[:count] == index.keys
        and longer.method == "btree"
        and _known(longer)
        and set(index.include) <= {*longer.keys, *longer.include}
        and compare_keys(longer.columns[:count], index.columns).same
        and index.likeness(longer, "predicate").same
    )
