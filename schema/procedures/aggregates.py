"""Aggregates in queries over the system catalogs: ``count(*)``, ``string_agg(...)`` and the like."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..catalog import Node, strings
from .values import HOLE, UNKNOWN, Value, plain, text_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .evaluate import Evaluator
    from .from_clause import Match

AGGREGATES = frozenset({
    "array_agg", "avg", "bool_and", "bool_or", "count", "every", "json_agg", "jsonb_agg", "jsonb_object_agg", "max",
    "min", "string_agg", "sum",
})  # fmt: skip


def is_aggregated(select: Node) -> bool:
    """Whether a query has GROUP BY or an aggregate in what it gives."""
    if "groupClause" in select or "havingClause" in select:
        return True
    return any(_calls(each) for each in select.get("targetList", ()))


def _calls(node: Any) -> bool:
    if isinstance(node, list):
        return any(_calls(each) for each in node)
    if not isinstance(node, dict):
        return False
    call = node.get("FuncCall")
    if call and strings(call["funcname"])[-1] in AGGREGATES and "over" not in call:
        return True
    return any(_calls(each) for name, each in node.items() if name != "SubLink")


def aggregate(evaluator: Evaluator, call: Node, members: Sequence[Match]) -> Value:
    """The value of an aggregate over a group of rows; UNKNOWN where rows or values decide that are not known."""
    name = strings(call["funcname"])[-1]
    if any(clause in call for clause in ("agg_within_group", "over")):
        return UNKNOWN
    found: list[tuple[Value, list[Value]]] = []
    sure = True
    for match in members:
        with evaluator.within(match.rows), evaluator.over(None):
            passes = evaluator.value(call["agg_filter"]) if "agg_filter" in call else True
            if passes is False or passes is None:
                continue
            sure = sure and match.sure and passes is True
            args = [evaluator.value(each) for each in call.get("args", ())]
            keys = [evaluator.value(each["SortBy"]["node"]) for each in call.get("agg_order", ())]
        found.append((args[0] if args else True, keys))
    between = args[1] if found and name == "string_agg" and len(args) > 1 else ""
    values = [value for value, _ in found]
    if name == "bool_or" and any(value is True and match.sure for value, match in zip(values, members, strict=False)):
        return True
    if not sure:
        return UNKNOWN
    if call.get("agg_distinct"):
        if any(plain(value) is UNKNOWN for value in values):
            return UNKNOWN
        found = list({value: (value, keys) for value, keys in found}.values())
    return _value(name, _ordered(call, found), between)


def _ordered(call: Node, found: list[tuple[Value, list[Value]]]) -> list[Value]:
    for at, each in reversed([*enumerate(call.get("agg_order", ()))]):
        kinds = {type(keys[at]) for _, keys in found}
        if len(kinds) == 1 and kinds <= {str, int}:
            down = each["SortBy"].get("sortby_dir") == "SORTBY_DESC"
            found = sorted(found, key=lambda pair, at=at: pair[1][at], reverse=down)  # type: ignore[misc]  # bound now
    return [value for value, _ in found]


def _value(name: str, values: list[Value], between: Value) -> Value:
    present = [value for value in values if value is not None]
    if name == "count":
        return UNKNOWN if any(value is UNKNOWN for value in present) else len(present)
    if name == "array_agg":
        return values or None
    if not present:
        return None
    if name == "string_agg":
        return HOLE if between is UNKNOWN else text_of(between).join(text_of(value) for value in present)
    if name in {"bool_or", "bool_and", "every"}:
        decides = name == "bool_or"
        if any(value is decides for value in present):
            return decides
        return UNKNOWN if any(value is UNKNOWN for value in present) else not decides
    if not all(type(value) is int for value in present):
        return UNKNOWN
    return {"max": max(present), "min": min(present), "sum": sum(present)}.get(name, UNKNOWN)
