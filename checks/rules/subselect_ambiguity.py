"""A column in a policy's sub-select means the inner table, not the row that is asked about: it is compared with itself.

``exists (select from member where team_id = team_id)``: both names are found in ``member`` first, so the test is
true for every member of any team, and the policy asks for nothing but that there is one.

Found are comparisons by ``=``, in the sub-selects of policies, whose sides are certainly the same column of the same
table. Names that two tables of a sub-select have are refused by the server itself (42702).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from ...schema.names import qualified, quote_ident
from ...schema.objects.column import Column
from ...schema.objects.policy import Policy
from ...schema.objects.table import Table
from ..conditions.callers import reads_elsewhere
from ..conditions.expressions import bare, named, operator
from ..finding import Level
from ..rule import Fault, Rule
from ..schema import Schema

_Sides = tuple[tuple[str, ...], tuple[str, ...]]

rule = Rule(__name__, level=Level.ERROR, about=Policy)


@rule
def check(policy: Policy, schema: Schema) -> Iterator[Fault]:
    """Look at what the columns of each sub-select mean."""
    for attribute, text in (("using", policy.using), ("check", policy.check)):
        if text is None or not policy.knows(attribute):
            continue
        for select, tests in _sub_selects(text):
            if (found := _tautology(select, tests, schema)) is not None:
                alias, table, column = found
                yield Fault(
                    policy,
                    f'policy "{policy.name}" on {policy.table} compares {column} of {table} with itself',
                    why=(
                        f"in a sub-select over {table}, {column} means {alias}.{column}, not the row's",
                        "so the sub-select finds the same rows whichever row is asked about",
                    ),
                    remedy=f"Write the table before the column of the row: {alias}.{column} = "
                    f"{policy.table.rpartition('.')[2]}.{column}",
                )
                return


@rule.where
@lru_cache(maxsize=256)  # policies say the same again and again
def _sub_selects(text: str) -> tuple[tuple[Mapping[str, Any], tuple[_Sides, ...]], ...]:
    """The sub-selects of an expression that compare columns of one name, each with the two names of each comparison."""
    if not reads_elsewhere(text):
        return ()
    every = ((node, tuple(_sides(node))) for node in named(text, "SelectStmt") if "fromClause" in node)
    return tuple((node, sides) for node, sides in every if sides)


def _sides(select: Mapping[str, Any]) -> Iterator[_Sides]:
    """The names on both sides of the comparisons by = of a sub-select, where they may be of the same column."""
    for test in _tests([select.get("whereClause"), *_joins(select["fromClause"])]):
        left, right = (_parts(bare(test.get(side))) for side in ("lexpr", "rexpr"))
        if left and right and left[-1] == right[-1]:
            yield left, right


def _tautology(select: Mapping[str, Any], tests: tuple[_Sides, ...], schema: Schema) -> tuple[str, str, str] | None:
    """A column that is compared with itself: the name its table goes by, the table, the column."""
    tables: dict[str, Table] = {}
    for item in select["fromClause"]:
        if not _collect(item, tables, schema):
            return None
    for one, other in tests:
        left = _meant(one, tables, schema)
        if left is not None and left == _meant(other, tables, schema):
            return left[0], tables[left[0]].identity, left[1]
    return None


def _collect(item: Mapping[str, Any], tables: dict[str, Table], schema: Schema) -> bool:
    """Put the tables of a FROM item by their names; False where one is not known to its columns."""
    if "JoinExpr" in item:
        join = item["JoinExpr"]
        return all(_collect(join[side], tables, schema) for side in ("larg", "rarg"))
    relation = item.get("RangeVar")
    if relation is None:
        return False
    table = schema.catalog.get(Table, qualified(relation.get("schemaname") or "public", relation["relname"]))
    if table is None or not table.knows("columns"):
        return False
    tables[str(relation.get("alias", {}).get("aliasname") or relation["relname"])] = table
    return True


def _joins(items: list[Any]) -> Iterator[Any]:
    """The conditions of joins."""
    for item in items:
        if "JoinExpr" in item:
            join = item["JoinExpr"]
            yield join.get("quals")
            yield from _joins([join["larg"], join["rarg"]])


def _tests(conditions: list[Any]) -> Iterator[Mapping[str, Any]]:
    """The comparisons by = of a sub-select itself, those of further sub-selects in it left out."""
    todo = list(conditions)
    while todo:
        each = todo.pop()
        if isinstance(each, list):
            todo += each
        elif isinstance(each, dict):
            if "SubLink" in each:
                todo.append(each["SubLink"].get("testexpr"))
                continue
            test = each.get("A_Expr")
            if test is not None and test.get("kind") == "AEXPR_OP" and operator(test) == "=":
                yield test
            todo += each.values()


def _parts(node: Any) -> tuple[str, ...]:
    """The name of the column that a node is, in its parts; none where it is something else."""
    fields = node.get("ColumnRef", {}).get("fields", ()) if isinstance(node, dict) else ()
    parts = tuple(str(each["String"].get("sval", "")) for each in fields if "String" in each)
    return parts if len(parts) == len(fields) else ()


def _meant(parts: tuple[str, ...], tables: Mapping[str, Table], schema: Schema) -> tuple[str, str] | None:
    """The table, by its name in the sub-select, and the column that a name means; None: one of the row."""
    name = parts[-1]
    if len(parts) > 1:
        return (parts[-2], name) if parts[-2] in tables and len(parts) == 2 else None
    having = [alias for alias, table in tables.items() if _has(table, name, schema)]
    return (having[0], name) if len(having) == 1 else None


def _has(table: Table, column: str, schema: Schema) -> bool:
    return schema.catalog.get(Column, f"{table.identity}.{quote_ident(column)}") is not None
