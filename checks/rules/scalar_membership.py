"""A policy takes one row of a table where there may be several: the second one makes every query fail with 21000.

``tenant_id = (select tenant_id from member where person = auth.uid())`` works until somebody is a member twice: "more
than one row returned by a subquery used as an expression". ``in`` in the place of ``=`` takes all of them.

Found are sub-selects of one table, used as a value, whose WHERE does not fix all columns of a unique key; those with
LIMIT 1 or an aggregate give one row by themselves. A condition that no key stands behind may hold for one row all the
same: then a unique constraint says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from ...schema.names import qualified
from ...schema.objects.policy import Policy
from ...schema.objects.table import Table
from ..conditions.callers import reads_elsewhere
from ..conditions.expressions import bare, function_name, named, nodes, operator
from ..finding import Level, Related
from ..rule import Fault, Rule
from ..schema import Schema

rule = Rule(__name__, level=Level.WARN, about=Policy)

_ONE = {"count", "max", "min", "sum", "avg", "bool_and", "bool_or", "every", "array_agg", "string_agg", "jsonb_agg"}


@rule
def check(policy: Policy, schema: Schema) -> Iterator[Fault]:
    """Look at each sub-select that is used as a value."""
    guarded = schema.table_of(policy)
    if guarded is None or not guarded.row_security:
        return
    for attribute, text in (("using", policy.using), ("check", policy.check)):
        if text is None or not policy.knows(attribute):
            continue
        for select in _values(text):
            table = _several(select, schema)
            if table is not None:
                place = schema.place(table)
                yield Fault(
                    policy,
                    f'policy "{policy.name}" on {policy.table} takes one row of {table.identity}, '
                    "where there may be several",
                    why=(
                        f"no unique key of {table.identity} is fixed by the sub-select's WHERE",
                        "with a second row every query fails: 21000, more than one row returned by a subquery",
                    ),
                    remedy="Write  in (select ...)  for  = (select ...), or make what is asked for unique",
                    related=(Related(place, f"{table.identity} is made here"),) if place else (),
                )
                return


@rule.where
@lru_cache(maxsize=256)  # policies say the same again and again
def _values(text: str) -> tuple[Mapping[str, Any], ...]:
    """The sub-selects of an expression that are used as a value, and read something that may be several rows."""
    if not reads_elsewhere(text):
        return ()
    values = [link for link in named(text, "SubLink") if link.get("subLinkType") == "EXPR_SUBLINK"]
    selects = [link.get("subselect", {}).get("SelectStmt", {}) for link in values]
    return tuple(select for select in selects if _may_be_several(select))


def _may_be_several(select: Mapping[str, Any]) -> bool:
    """Whether a SELECT reads one table, and neither a clause nor an aggregate makes it one row."""
    source = select.get("fromClause", ())
    if len(source) != 1 or "RangeVar" not in source[0] or select.keys() & {"limitCount", "groupClause"}:
        return False
    if "distinctClause" in select or select.get("op", "SETOP_NONE") != "SETOP_NONE":
        return False
    return not _gives_one(select)


def _several(select: Mapping[str, Any], schema: Schema) -> Table | None:
    """The table of which such a SELECT may give more than one row; None where it gives one, or it is not known."""
    relation = select["fromClause"][0]["RangeVar"]
    table = schema.catalog.get(Table, qualified(relation.get("schemaname") or "public", relation["relname"]))
    if table is None or not table.knows("indexes") or not table.knows("columns"):
        return None
    name = str(relation.get("alias", {}).get("aliasname") or relation["relname"])
    fixed = set(_fixed(select.get("whereClause"), name, {each.name for each in schema.columns(table)}))
    for index in schema.indexes(table):
        if not all(map(index.knows, ("unique", "columns", "predicate"))):
            return None
        if index.unique and index.predicate is None and set(index.keys) <= fixed:
            return None
    return table


def _gives_one(select: Mapping[str, Any]) -> bool:
    """Whether all that is selected is made of all rows together."""
    calls = [node for name, node in nodes(select.get("targetList", [])) if name == "FuncCall"]
    return any(function_name(call) in _ONE and "over" not in call for call in calls)


def _fixed(condition: Any, name: str, own: set[str]) -> Iterator[str]:
    """The columns of the table that a condition compares by = with something that is not the table's."""
    if not isinstance(condition, dict):
        return
    if "BoolExpr" in condition and condition["BoolExpr"].get("boolop") == "AND_EXPR":
        for each in condition["BoolExpr"].get("args", ()):
            yield from _fixed(each, name, own)
    test = condition.get("A_Expr", {})
    if test.get("kind") == "AEXPR_OP" and operator(test) == "=":
        left, right = (_column(bare(test.get(side)), name, own) for side in ("lexpr", "rexpr"))
        if (left is None) != (right is None):
            yield left or right or ""


def _column(node: Any, name: str, own: set[str]) -> str | None:
    """The table's column that a node is."""
    fields = node.get("ColumnRef", {}).get("fields", ()) if isinstance(node, dict) else ()
    parts = [str(each.get("String", {}).get("sval", "")) for each in fields]
    if not parts or parts[-1] not in own:
        return None
    return parts[-1] if len(parts) == 1 or parts[-2] == name else None
