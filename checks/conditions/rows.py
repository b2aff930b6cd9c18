"""Queries that give the rows of one relation as they are: which relation, and under which condition."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from ..bodies import trees_of
from .expressions import function_name, nodes

if TYPE_CHECKING:
    from ...schema.objects.view import View
    from ..schema import Relation

Node = Mapping[str, Any]

# What makes other rows of those that are read, or fewer
_RESHAPES = frozenset(
    {
        *("distinctClause", "groupClause", "havingClause", "windowClause", "withClause", "valuesLists"),
        *("limitCount", "limitOffset", "intoClause", "lockingClause"),
    }
)
# Functions that give one value for each row, and so leave the rows what they are
_PER_ROW = frozenset(
    (  # noqa: SIM905 - words read better than a column of strings
        "lower upper trim btrim ltrim rtrim length concat concat_ws left right replace split_part substr substring "
        "to_char date_trunc date_part extract now age round floor ceil abs md5 nullif coalesce greatest least "
        "array_length cardinality jsonb_build_object json_build_object auth.uid auth.role auth.jwt auth.email"
    ).split()
)
_AGGREGATES = frozenset(
    (  # noqa: SIM905 - as above
        "count sum avg min max array_agg string_agg json_agg jsonb_agg json_object_agg jsonb_object_agg bool_and "
        "bool_or every row_number rank dense_rank unnest generate_series"
    ).split()
)


class Plain(msgspec.Struct, frozen=True):
    """One relation row for row: its name as written, the name by which the query calls it, and the condition."""

    schema: str | None
    name: str
    alias: str
    condition: Node | None


def plain_source(view: View) -> Plain | None:
    """What a view gives row for row; None where it joins, groups or cuts, or where that is not known."""
    return plain_text(view.definition) if view.knows("definition") else None


def plain_of(view: View, relation: Relation) -> Plain | None:
    """The same, where it is this relation that the view gives row for row."""
    found = plain_source(view)
    return found if found and found.name == relation.name and found.schema in {None, relation.schema} else None


def plain_text(text: str) -> Plain | None:
    """What the text of one query gives row for row, as ``plain_source``."""
    trees = trees_of(text)
    return plain(trees[0]) if trees and len(trees) == 1 else None


def plain(tree: Node) -> Plain | None:
    """What a query gives row for row, as ``plain_source``."""
    query = tree.get("SelectStmt", {})
    sources = query.get("fromClause", ())
    if len(sources) != 1 or "RangeVar" not in sources[0] or query.get("op", "SETOP_NONE") != "SETOP_NONE":
        return None
    if _RESHAPES & query.keys():
        return None
    targets = [each["ResTarget"].get("val", {}) for each in query.get("targetList", ())]
    if not targets or any(_reshapes(each) for each in targets):
        return None
    source = sources[0]["RangeVar"]
    name = source.get("relname", "")
    return Plain(
        schema=source.get("schemaname"),
        name=name,
        alias=source.get("alias", {}).get("aliasname", name),
        condition=query.get("whereClause"),
    )


def writable(view: View, command: str) -> bool | None:
    """Whether what is written to a view is written to the one relation it reads (``view_is_auto_updatable``).

    None where that is not known: a function in its result may be an aggregate, or give sets.
    """
    trees = trees_of(view.definition) if view.knows("definition") else None
    query = trees[0].get("SelectStmt", {}) if trees and len(trees) == 1 else {}
    sources = query.get("fromClause", ())
    alone = len(sources) == 1 and "RangeVar" in sources[0] and query.get("op", "SETOP_NONE") == "SETOP_NONE"
    if not alone or (_RESHAPES - {"lockingClause"}) & query.keys():
        return None if not query else False
    targets = [each["ResTarget"].get("val", {}) for each in query.get("targetList", ())]
    if command != "delete" and not any("ColumnRef" in each for each in targets):
        return False
    calls = {call for each in targets for call in _calls(each)}
    return False if calls & _AGGREGATES else True if calls <= _PER_ROW else None


def sole_source(view: View, relation: Relation) -> Plain | None:
    """The one place where a view reads a relation, among others perhaps, and the WHERE that its rows pass.

    None where it is read in more than one place, in a query inside, or in one of several queries.
    """
    trees = trees_of(view.definition) if view.knows("definition") else None
    query = trees[0].get("SelectStmt", {}) if trees and len(trees) == 1 else {}
    if query.get("op", "SETOP_NONE") != "SETOP_NONE" or "withClause" in query:
        return None
    everywhere = [node for name, node in nodes(query) if name == "RangeVar" and _is(node, relation)]
    here = [node for item in query.get("fromClause", ()) for node in _joined(item) if _is(node, relation)]
    if len(everywhere) != 1 or len(here) != 1:
        return None
    name = relation.name
    alias = here[0].get("alias", {}).get("aliasname", name)
    return Plain(here[0].get("schemaname"), name, alias, query.get("whereClause"))


def _is(rangevar: Node, relation: Relation) -> bool:
    return bool(rangevar.get("relname") == relation.name and rangevar.get("schemaname") in {None, relation.schema})


def _joined(item: Node) -> Iterator[Node]:
    """The relations in an item of FROM."""
    if "RangeVar" in item:
        yield item["RangeVar"]
    for side in ("larg", "rarg"):
        if side in item.get("JoinExpr", {}):
            yield from _joined(item["JoinExpr"][side])


def _reshapes(target: Node) -> bool:
    """Whether a result column may be an aggregate, or a set."""
    return any(call not in _PER_ROW for call in _calls(target))


def _calls(target: Any) -> Iterator[str]:
    """The functions that a result column calls, but for those in queries of its own."""
    if isinstance(target, list):
        for each in target:
            yield from _calls(each)
    elif isinstance(target, dict):
        for name, node in target.items():
            if name == "FuncCall":
                yield function_name(node)
            if name != "SubLink":
                yield from _calls(node)
