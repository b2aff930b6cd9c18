"""Queries over the system catalogs, as the guards and loops of procedures ask them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from . import system_views
from .catalog import Node, strings
from .values import UNKNOWN, Value

if TYPE_CHECKING:
    from .evaluate import Evaluator

Combination = list[dict[str, Value]]  # one row of each relation; its alias is under ""
Equality = tuple[str | None, str, str]
_LIMIT = 100_000  # combinations of rows that are looked at


class Rows:
    """What a query gives: the rows that are sure, and whether there may be others."""

    def __init__(self, rows: list[dict[str, Value]], *, complete: bool) -> None:
        self.rows, self.complete = rows, complete

    def exists(self) -> Value:
        """Whether there is a row."""
        return True if self.rows else (False if self.complete else UNKNOWN)


def query(evaluator: Evaluator, select: Node) -> Rows | None:
    """The rows of a query over system catalogs and constants; None where it cannot be evaluated."""
    if any(clause in select for clause in ("larg", "groupClause", "havingClause", "withClause", "valuesLists")):
        return None
    items = select.get("fromClause", ())
    equal = list(_equalities(evaluator, select["whereClause"])) if items and "whereClause" in select else []
    alone = len(items) == 1 and "RangeVar" in items[0]
    joined = _joined_rows(evaluator, items, [("", *each[1:]) for each in equal] if alone else equal)
    if joined is None:
        return None
    if alone and equal:
        joined = [rows for rows in joined if all(rows[0].get(name, value) == value for _, name, value in equal)]
    rows: list[Combination] = []
    complete = True
    for each in joined:
        evaluator.scopes.append(each)
        passes = evaluator.value(select["whereClause"]) if "whereClause" in select else True
        evaluator.scopes.pop()
        if passes is True:
            rows.append(each)
        elif passes is UNKNOWN:
            complete = False
    if _is_count(select):
        return Rows([{"count": len(rows) if complete else UNKNOWN}], complete=True)
    limited = "limitCount" in select and len(rows) > 1
    found = [_output(evaluator, select, each) for each in rows]
    return Rows(found[:1] if limited else found, complete=complete and not limited)


def _equalities(evaluator: Evaluator, condition: Node) -> Iterator[Equality]:
    """What a condition demands of single columns (alias, column, value): most rows need no closer look."""
    boolean = condition.get("BoolExpr")
    if boolean and boolean.get("boolop", "AND_EXPR") == "AND_EXPR":
        for each in boolean["args"]:
            yield from _equalities(evaluator, each)
    operation = condition.get("A_Expr")
    if operation and operation["kind"] == "AEXPR_OP" and strings(operation["name"]) == ["="]:
        column = operation["lexpr"].get("ColumnRef")
        value = _constant(evaluator, operation["rexpr"])
        if column and "String" in column["fields"][-1] and isinstance(value, str):
            names = strings(column["fields"])
            yield (names[-2] if len(names) > 1 else None), names[-1], value


def _constant(evaluator: Evaluator, node: Node) -> Value:
    """The value of a constant, or of a field of a record variable: what is the same for every row."""
    if "A_Const" in node or "A_Const" in node.get("TypeCast", {}).get("arg", ()):
        return evaluator.value(node)
    fields = node.get("ColumnRef", {}).get("fields", ())
    if len(fields) == 2 and all("String" in field for field in fields):
        record = evaluator.variables.get(strings(fields)[0])
        return record.get(strings(fields)[1], UNKNOWN) if isinstance(record, dict) else UNKNOWN
    return UNKNOWN


def _is_count(select: Node) -> bool:
    targets = select.get("targetList", ())
    call = targets[0]["ResTarget"].get("val", {}).get("FuncCall") if len(targets) == 1 else None
    return call is not None and strings(call["funcname"])[-1] == "count"


def _output(evaluator: Evaluator, select: Node, rows: Combination) -> dict[str, Value]:
    output: dict[str, Value] = {}
    evaluator.scopes.append(rows)
    for position, each in enumerate(select.get("targetList", ())):
        target = each["ResTarget"]
        reference = target.get("val", {}).get("ColumnRef")
        if reference and "A_Star" in reference["fields"][-1]:
            for row in rows:
                output |= {name: value for name, value in row.items() if name}
            continue
        name = target.get("name") or (strings(reference["fields"])[-1] if reference else f"?{position}")
        output[name] = evaluator.value(target["val"])
    evaluator.scopes.pop()
    return output


def _joined_rows(evaluator: Evaluator, items: Any, equal: Sequence[Equality]) -> list[Combination] | None:
    """Every combination of the rows of a FROM clause, but for rows that a condition on one of them leaves out."""
    joined: list[Combination] = [[]]
    for item in items:
        rows = _item(evaluator, item, equal)
        if rows is None or len(joined) * len(rows) > _LIMIT:
            return None
        joined = [[*left, *right] for left in joined for right in rows]
    return joined


def _item(evaluator: Evaluator, item: Node, equal: Sequence[Equality]) -> list[Combination] | None:
    ((kind, body),) = item.items()
    if kind == "RangeVar":
        alias = body.get("alias", {}).get("aliasname", body["relname"])
        wanted = {name: value for of, name, value in equal if of in {"", alias}}
        found = system_views.rows(
            evaluator.catalog, body.get("schemaname"), body["relname"], evaluator.concerns, wanted
        )
        if found is None:
            return None
        return [[{"": alias, **row}] for row in found]
    if kind == "RangeFunction":
        return _unnested(evaluator, body)
    if kind != "JoinExpr" or body.get("jointype", "JOIN_INNER") != "JOIN_INNER" or "quals" not in body:
        return None
    left, right = _item(evaluator, body["larg"], equal), _item(evaluator, body["rarg"], equal)
    if left is None or right is None:
        return None
    if (keys := _join_keys(body["quals"], left, right)) is not None:
        return _matched(left, right, keys)
    if len(left) * len(right) > _LIMIT:
        return None
    joined = [[*one, *other] for one in left for other in right]
    kept = []
    for rows in joined:
        evaluator.scopes.append(rows)
        passes = evaluator.value(body["quals"])
        evaluator.scopes.pop()
        if passes is True:
            kept.append(rows)
        elif passes is UNKNOWN:
            kept.append([{"": row[""]} if "" in row else {} for row in rows])
    return kept


def _unnested(evaluator: Evaluator, body: Node) -> list[Combination] | None:
    """FROM unnest(array[...]) as t(name)."""
    functions = body.get("functions", ())
    call = functions[0]["List"]["items"][0].get("FuncCall") if len(functions) == 1 else None
    if not call or strings(call["funcname"])[-1] != "unnest" or len(call.get("args", ())) != 1:
        return None
    values = evaluator.value(call["args"][0])
    if not isinstance(values, list):
        return None
    alias = body.get("alias", {})
    name = alias.get("aliasname", "unnest")
    column = strings(alias["colnames"])[0] if alias.get("colnames") else name
    return [[{"": name, column: value}] for value in values]


def _join_keys(quals: Node, left: list[Combination], right: list[Combination]) -> tuple[str, str, str, str] | None:
    """Of ``on a.x = b.y``: alias and column of the left side, then of the right; None for another condition."""
    operation = quals.get("A_Expr")
    if not operation or operation["kind"] != "AEXPR_OP" or strings(operation["name"]) != ["="]:
        return None
    sides = []
    for each in (operation["lexpr"], operation["rexpr"]):
        fields = each.get("ColumnRef", {}).get("fields", ())
        if len(fields) != 2 or any("String" not in field for field in fields):
            return None
        sides.append(strings(fields))
    lefts, rights = ({row.get("") for row in rows[0]} if rows else set() for rows in (left, right))
    for (alias, column), (other, key) in (sides, sides[::-1]):
        if alias in lefts and other in rights:
            return alias, column, other, key
    return None


def _matched(left: list[Combination], right: list[Combination], keys: tuple[str, str, str, str]) -> list[Combination]:
    """Join by equality; a row that lacks the column may match any, as a row of which nothing is known."""
    alias, column, other, key = keys

    def value(rows: Combination, name: str, field: str) -> Value:
        return next((row.get(field, UNKNOWN) for row in rows if row.get("") == name), UNKNOWN)

    places: dict[Value, list[Combination]] = {}
    unsure = []
    for rows in right:
        found = value(rows, other, key)
        if found is UNKNOWN or isinstance(found, (list, dict)):
            unsure.append(rows)
        else:
            places.setdefault(found, []).append(rows)
    joined = []
    for rows in left:
        found = value(rows, alias, column)
        known = found is not UNKNOWN and not isinstance(found, (list, dict))
        if known:
            joined += [[*rows, *match] for match in places.get(found, ())]
        for match in unsure if known else right:
            joined.append([{"": row[""]} if "" in row else {} for row in (*rows, *match)])
    return joined
