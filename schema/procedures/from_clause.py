"""FROM and WHERE of a query over the system catalogs: every combination of rows that may satisfy it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from ..catalog import Node, strings
from . import system_views
from .system_reader import GHOST, NULLS
from .values import UNKNOWN, Value

if TYPE_CHECKING:
    from .evaluate import Evaluator

Row = dict[str, Value]
Equality = tuple[str | None, str, str]
_LIMIT = 100_000  # rows, and combinations of rows, that an expression looks at with all its sub-selects


class Match(msgspec.Struct, frozen=True):
    """One row of each relation, its alias under ""; not sure where it may be none of the result."""

    rows: list[Row]
    sure: bool

    @property
    def of(self) -> str:
        """The name of the one table that what stands for unknown rows may belong to, if there is one."""
        return next((row[GHOST] for row in self.rows if row.get(GHOST)), "")


class Rows:
    """What a query gives: the rows that are sure, and those that may be there as well.

    Each of ``maybe`` comes with the name of the table that it may belong to, if that is known; ``some``: there is at
    least one row.
    """

    __slots__ = ("maybe", "rows", "some")

    def __init__(self, rows: list[Row], maybe: Sequence[tuple[Row, str]] = (), *, some: bool = False) -> None:
        self.rows, self.maybe, self.some = rows, maybe, some

    @property
    def complete(self) -> bool:
        """Whether there are no others."""
        return not self.maybe

    def exists(self) -> Value:
        """Whether there is a row."""
        return True if self.rows or self.some else (UNKNOWN if self.maybe else False)

    def renamed(self, names: Sequence[str]) -> Rows:
        """The same rows with other names for their first columns."""
        if not names:
            return self

        def rename(row: Row) -> Row:
            return {names[n] if n < len(names) else name: value for n, (name, value) in enumerate(row.items())}

        return Rows([rename(row) for row in self.rows], [(rename(row), of) for row, of in self.maybe], some=self.some)


def matches(evaluator: Evaluator, select: Node) -> list[Match] | None:
    """The combinations of rows that FROM and WHERE of a query leave; None where it cannot be evaluated."""
    items = select.get("fromClause", ())
    condition = select.get("whereClause")
    equal = list(_equalities(evaluator, condition)) if items and condition else []
    alone = len(items) == 1 and "RangeVar" in items[0]
    joined = _joined(evaluator, items, [("", *each[1:]) for each in equal] if alone else equal)
    if joined is None:
        return None
    if alone and equal:
        joined = [each for each in joined if all(each.rows[0].get(name, value) == value for _, name, value in equal)]
    if condition is None:
        return joined
    found = []
    for match in joined:
        if not evaluator.looks_at(0, _LIMIT):
            return None
        with evaluator.within(match.rows):
            passes = evaluator.value(condition)
        if passes is True:
            found.append(match)
        elif passes is UNKNOWN:
            found.append(Match(match.rows, sure=False))
    return found


def _equalities(evaluator: Evaluator, condition: Node) -> Iterator[Equality]:
    """What a condition demands of single columns (alias, column, value): most rows need no closer look."""
    boolean = condition.get("BoolExpr")
    if boolean and boolean.get("boolop", "AND_EXPR") == "AND_EXPR":
        for each in boolean["args"]:
            yield from _equalities(evaluator, each)
    operation = condition.get("A_Expr")
    if operation and operation["kind"] == "AEXPR_OP" and strings(operation["name"]) == ["="]:
        column = operation.get("lexpr", {}).get("ColumnRef")
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


def _joined(evaluator: Evaluator, items: Any, equal: Sequence[Equality]) -> list[Match] | None:
    """Every combination of the rows of a FROM clause, but for rows that a condition on one of them leaves out."""
    joined = [Match([], sure=True)]
    for item in items:
        found = _beside(evaluator, joined, item, equal)
        if found is None or len(found) > _LIMIT:
            return None
        joined = found
    return joined


def _beside(evaluator: Evaluator, lefts: list[Match], item: Node, equal: Sequence[Equality]) -> list[Match] | None:
    """Combine what was found with the rows of another item, which may depend on it (LATERAL)."""
    if "RangeFunction" not in item and "RangeSubselect" not in item:
        rights = _item(evaluator, item, equal)
        if rights is None or not evaluator.looks_at(len(lefts) * len(rights), _LIMIT):
            return None
        return [_with(left, right) for left in lefts for right in rights]
    found: list[Match] = []
    for left in lefts:
        with evaluator.within(left.rows):
            rights = _item(evaluator, item, equal)
        if rights is None:
            return None
        found += [_with(left, right) for right in rights]
    return found


def _with(left: Match, right: Match, *, sure: bool = True) -> Match:
    return Match([*left.rows, *right.rows], sure=left.sure and right.sure and sure)


def _item(evaluator: Evaluator, item: Node, equal: Sequence[Equality]) -> list[Match] | None:
    ((kind, body),) = item.items()
    if kind == "RangeVar":
        return _relation(evaluator, body, equal)
    if kind == "RangeFunction":
        return _function(evaluator, body)
    if kind == "RangeSubselect":
        from .catalog_query import query

        found = query(evaluator, body["subquery"]["SelectStmt"])
        alias = body.get("alias", {})
        return None if found is None else _named(found, alias.get("aliasname", ""), strings(alias.get("colnames", ())))
    return _join(evaluator, body, equal) if kind == "JoinExpr" else None


def _named(found: Rows, alias: str, columns: Sequence[str]) -> list[Match] | None:
    """The rows of a query as a relation."""
    if found.some and not found.rows:
        return None
    found = found.renamed(columns)
    sure = [Match([{"": alias, **row}], sure=True) for row in found.rows]
    return sure + [Match([{"": alias, **row, GHOST: of}], sure=False) for row, of in found.maybe]


def _relation(evaluator: Evaluator, body: Node, equal: Sequence[Equality]) -> list[Match] | None:
    name = body["relname"]
    alias = body.get("alias", {}).get("aliasname", name)
    if "schemaname" not in body:
        for tables in reversed(evaluator.tables):
            if name in tables:
                return _named(tables[name], alias, ())
    if not evaluator.looks_at(0, _LIMIT):
        return None
    wanted = {column: value for of, column, value in equal if of in {"", alias}}
    found = system_views.rows(evaluator.catalog, body.get("schemaname"), name, evaluator.concerns, wanted)
    if found is None or not evaluator.looks_at(len(found), _LIMIT):
        return None
    return [Match([{"": alias, **row}], sure=GHOST not in row) for row in found]


def _function(evaluator: Evaluator, body: Node) -> list[Match] | None:
    """FROM unnest(array[...]) as t(name), generate_series(1, 3), pgmq.list_queues()."""
    functions = body.get("functions", ())
    node = functions[0]["List"]["items"][0] if len(functions) == 1 else {}
    call = node.get("FuncCall")
    if not call:
        return None
    name = strings(call["funcname"])[-1]
    alias = body.get("alias", {})
    shown = alias.get("aliasname", name)
    columns = strings(alias.get("colnames", ()))
    if name == "list_queues":
        rows = system_views.rows(evaluator.catalog, "pgmq", "meta", evaluator.concerns) or []
        return [Match([{"": shown, **row}], sure=GHOST not in row) for row in rows]
    from .catalog_query import ROWS_OF

    values = evaluator.value(node) if name in ROWS_OF else UNKNOWN
    if values is None:
        return []
    if not isinstance(values, list):
        return None
    named = columns[0] if columns else shown
    found = [{"": shown, named: value} for value in values]
    if body.get("ordinality"):
        number = columns[1] if len(columns) > 1 else "ordinality"
        found = [{**row, number: n} for n, row in enumerate(found, 1)]
    return [Match([row], sure=True) for row in found]


# -- joins ---------------------------------------------------------------------------------------------------


def _join(evaluator: Evaluator, body: Node, equal: Sequence[Equality]) -> list[Match] | None:
    kind = body.get("jointype", "JOIN_INNER")
    if kind not in {"JOIN_INNER", "JOIN_LEFT"} or body.get("isNatural"):
        return None
    # Of the side that may be missing no row is left out before it is joined: none is not the same as another
    left = _item(evaluator, body["larg"], equal)
    if left is None:
        return None
    rarg, outer = body["rarg"], kind == "JOIN_LEFT"
    if "RangeFunction" in rarg or "RangeSubselect" in rarg:
        return None if outer else _lateral(evaluator, left, rarg, body)
    right = _item(evaluator, rarg, () if outer else equal)
    if right is None:
        return None
    quals = _condition(body, left, right)
    if not outer and quals and (keys := _join_keys(quals, left, right)) is not None:
        return _matched(left, right, keys)
    if len(left) * len(right) > _LIMIT:
        return None
    found: list[Match] = []
    for one in left:
        pairs = _pairs(evaluator, one, right, quals)
        found += pairs
        if outer and not any(each.sure for each in pairs):
            absent = Match([{"": alias, NULLS: True} for alias in _aliases(right, rarg)], sure=True)
            found.append(_with(one, absent, sure=not pairs))
    return found


def _aliases(matches: list[Match], item: Node) -> list[str]:
    if matches:
        return [row[""] for row in matches[0].rows]
    body = item.get("RangeVar", {})
    return [body.get("alias", {}).get("aliasname", body.get("relname", ""))]


def _pairs(evaluator: Evaluator, one: Match, others: list[Match], quals: Node | None) -> list[Match]:
    if quals is None:
        return [_with(one, other) for other in others]
    found = []
    for other in others:
        with evaluator.within([*one.rows, *other.rows]):
            passes = evaluator.value(quals)
        if passes is True or passes is UNKNOWN:
            found.append(_with(one, other, sure=passes is True))
    return found


def _lateral(evaluator: Evaluator, left: list[Match], item: Node, body: Node) -> list[Match] | None:
    """JOIN LATERAL: the right side is asked for each row of the left one."""
    found: list[Match] = []
    for one in left:
        with evaluator.within(one.rows):
            right = _item(evaluator, item, ())
        if right is None:
            return None
        found += _pairs(evaluator, one, right, _condition(body, left, right))
    return found


def _condition(body: Node, left: list[Match], right: list[Match]) -> Node | None:
    """The condition of a join; None for a CROSS JOIN. USING is written out."""
    if "usingClause" not in body:
        return body.get("quals")
    tests = []
    for name in strings(body["usingClause"]):
        sides = [
            {"ColumnRef": {"fields": [{"String": {"sval": each}} for each in (_holder(side, name), name)]}}
            for side in (left, right)
        ]
        operation = {"kind": "AEXPR_OP", "name": [{"String": {"sval": "="}}], "lexpr": sides[0], "rexpr": sides[1]}
        tests.append({"A_Expr": operation})
    return tests[0] if len(tests) == 1 else {"BoolExpr": {"boolop": "AND_EXPR", "args": tests}}


def _holder(side: list[Match], name: str) -> str:
    """The alias of the relation of a side that has a column."""
    rows = side[0].rows if side else []
    return next((row[""] for row in rows if name in row), rows[0][""] if rows else "")


def _join_keys(quals: Node, left: list[Match], right: list[Match]) -> tuple[str, str, str, str] | None:
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
    lefts, rights = ({row.get("") for row in side[0].rows} if side else set() for side in (left, right))
    for (alias, column), (other, key) in (sides, sides[::-1]):
        if alias in lefts and other in rights:
            return alias, column, other, key
    return None


def _matched(left: list[Match], right: list[Match], keys: tuple[str, str, str, str]) -> list[Match]:
    """Join by equality; a row that lacks the column may match any, as a row of which nothing is known."""
    alias, column, other, key = keys

    def value(match: Match, name: str, field: str) -> Value:
        row = next((row for row in match.rows if row.get("") == name), {})
        return None if NULLS in row else row.get(field, UNKNOWN)

    places: dict[Value, list[Match]] = {}
    unsure = []
    for match in right:
        found = value(match, other, key)
        if found is UNKNOWN or isinstance(found, (list, dict)):
            unsure.append(match)
        elif found is not None:
            places.setdefault(found, []).append(match)
    joined = []
    for match in left:
        found = value(match, alias, column)
        if found is None:
            continue
        known = found is not UNKNOWN and not isinstance(found, (list, dict))
        if known:
            joined += [_with(match, each) for each in places.get(found, ())]
        joined += [_with(match, each, sure=False) for each in (unsure if known else right)]
    return joined
