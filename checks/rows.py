"""Queries that give the rows of one relation as they are: which relation, and under which condition."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from .bodies import trees_of
from .expressions import function_name, nodes

if TYPE_CHECKING:
    from ..schema.objects.view import View

Node = dict[str, Any]

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


class Plain(msgspec.Struct, frozen=True):
    """One relation row for row: its name as written, the name by which the query calls it, and the condition."""

    schema: str | None
    name: str
    alias: str
    condition: Node | None
    columns_only: bool  # the result has columns of the relation, and nothing computed


def plain_source(view: View) -> Plain | None:
    """What a view gives row for row; None where it joins, groups or cuts, or where that is not known."""
    if not view.knows("definition"):
        return None
    trees = trees_of(view.definition)
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
        columns_only=all("ColumnRef" in each for each in targets),
    )


def _reshapes(target: Node) -> bool:
    """Whether a result column may be an aggregate, or a set."""
    return any(name == "FuncCall" and function_name(node) not in _PER_ROW for name, node in nodes(target))
