"""Queries over the system catalogs and over constants, as the guards and loops of procedures ask them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import msgspec

from ..catalog import Node, strings
from ..meaning.result_names import figure_name
from .aggregates import is_aggregated
from .from_clause import Match, Rows, matches
from .system_reader import GHOST
from .values import UNKNOWN, Value, plain

if TYPE_CHECKING:
    from .evaluate import Evaluator

# Functions that give a row for each of many values, where a target list may have them
ROWS_OF = frozenset({"unnest", "generate_series", "jsonb_array_elements_text", "json_array_elements_text"})


class _Found(msgspec.Struct, frozen=True):
    """A row of a result, where it comes from, and what it is ordered by."""

    row: dict[str, Value]
    match: Match
    keys: list[Value]


def query(evaluator: Evaluator, select: Node) -> Rows | None:
    """The rows of a query over system catalogs and constants; None where it cannot be evaluated."""
    if "windowClause" in select:
        return None
    with _common_tables(evaluator, select) as readable:
        return _query(evaluator, select) if readable else None


@contextmanager
def _common_tables(evaluator: Evaluator, select: Node) -> Iterator[bool]:
    """Let the queries of a WITH clause be found by their names; false where one cannot be evaluated."""
    clause = select.get("withClause")
    if clause is None:
        yield True
        return
    tables: dict[str, Rows] = {}
    evaluator.tables.append(tables)
    try:
        readable = not clause.get("recursive")
        for each in clause["ctes"]:
            body = each["CommonTableExpr"]
            inner = body["ctequery"].get("SelectStmt")
            found = query(evaluator, inner) if readable and inner else None
            if found is None:
                readable = False
                break
            tables[body["ctename"]] = found.renamed(strings(body.get("aliascolnames", ())))
        yield readable
    finally:
        evaluator.tables.pop()


def _query(evaluator: Evaluator, select: Node) -> Rows | None:
    if select.get("op", "SETOP_NONE") != "SETOP_NONE":
        return _united(evaluator, select)
    if "valuesLists" in select:
        return _limited(evaluator, select, [*_values(evaluator, select["valuesLists"])])
    found = matches(evaluator, select)
    if found is None:
        return None
    if is_aggregated(select):
        results = _grouped(evaluator, select, found)
    else:
        results = [
            _Found(row, match, _keys(evaluator, select, match, row))
            for match in found
            for row in _outputs(evaluator, select, match)
        ]
    if results is None:
        return None
    if "distinctClause" in select:
        if any(select["distinctClause"]):  # DISTINCT ON
            return None
        results = _distinct(results)
    return _limited(evaluator, select, results)


def _values(evaluator: Evaluator, lists: Sequence[Node]) -> Iterator[_Found]:
    for each in lists:
        values = [evaluator.value(value) for value in each["List"].get("items", ())]
        yield _Found({f"column{n}": value for n, value in enumerate(values, 1)}, Match([], sure=True), [])


def _united(evaluator: Evaluator, select: Node) -> Rows | None:
    left, right = query(evaluator, select["larg"]), query(evaluator, select["rarg"])
    if left is None or right is None:
        return None
    names = list(next(iter((*left.rows, *(row for row, _ in left.maybe))), {}))
    if names:
        right = right.renamed(names)
    if select["op"] == "SETOP_UNION":
        found = [_Found(row, Match([], sure=True), []) for row in (*left.rows, *right.rows)]
        found += [_Found(row, Match([{GHOST: of}], sure=False), []) for row, of in (*left.maybe, *right.maybe)]
    elif left.complete and right.complete and not select.get("all"):
        theirs = [list(row.values()) for row in right.rows]
        kept = select["op"] == "SETOP_INTERSECT"
        if any(plain(value) is UNKNOWN for row in (*left.rows, *right.rows) for value in row.values()):
            return None
        rows = [row for row in left.rows if (list(row.values()) in theirs) is kept]
        found = [_Found(row, Match([], sure=True), []) for row in rows]
    else:
        return None
    return _limited(evaluator, select, found if select.get("all") else _distinct(found))


def _grouped(evaluator: Evaluator, select: Node, found: list[Match]) -> list[_Found] | None:
    """The rows of a query with GROUP BY or aggregates; None where what is not known decides on the groups."""
    groups: dict[tuple[Value, ...], list[Match]] = {}
    if "groupClause" not in select:
        groups[()] = found
    for match in found if "groupClause" in select else ():
        with evaluator.within(match.rows):
            keys = [evaluator.value(_target(select, each)) for each in select["groupClause"]]
        if any(plain(key) is UNKNOWN for key in keys):
            return None
        groups.setdefault(tuple(keys), []).append(match)
    results = []
    for members in groups.values():
        sure = groups.get(()) is not None or any(each.sure for each in members)
        first = next((each for each in members if each.sure), members[0] if members else Match([], sure=True))
        with evaluator.over(members):
            rows = _outputs(evaluator, select, first)
            with evaluator.within(first.rows):
                passes = evaluator.value(select["havingClause"]) if "havingClause" in select else True
            keys = _keys(evaluator, select, first, rows[0])
        if passes is True or passes is UNKNOWN:
            results.append(_Found(rows[0], Match(first.rows, sure=sure and passes is True), keys))
    return results


def _target(select: Node, node: Node) -> Node:
    """What GROUP BY or ORDER BY means by a number, or by the name of a result."""
    position = node.get("A_Const", {}).get("ival", {}).get("ival")
    targets = select.get("targetList", ())
    if position and position <= len(targets):
        return targets[position - 1]["ResTarget"]["val"]  # type: ignore[no-any-return]  # of pglast's JSON
    fields = node.get("ColumnRef", {}).get("fields", ())
    if len(fields) == 1 and "String" in fields[0]:
        for each in targets:
            if each["ResTarget"].get("name") == strings(fields)[0]:
                return each["ResTarget"]["val"]  # type: ignore[no-any-return]  # as above
    return node


def _outputs(evaluator: Evaluator, select: Node, match: Match) -> list[dict[str, Value]]:
    """The rows that one combination of rows gives: one, or more where a target is a set."""
    output: dict[str, Value] = {}
    sets: dict[str, list[Value]] = {}
    with evaluator.within(match.rows):
        for position, each in enumerate(select.get("targetList", ())):
            target = each["ResTarget"]
            value = target["val"]
            reference = value.get("ColumnRef")
            if reference and "A_Star" in reference["fields"][-1]:
                of = strings(reference["fields"][:-1])
                for row in match.rows:
                    if not of or row.get("") == of[-1]:
                        output |= {name: value for name, value in row.items() if name and name[0] > " "}
                continue
            name = target.get("name") or figure_name(value)
            if name in output or name == "?column?":
                name = f"?{position}"
            call = value.get("FuncCall")
            if call and strings(call["funcname"])[-1] in ROWS_OF:
                found = evaluator.value(value)
                if isinstance(found, list):
                    sets[name] = found
                    output[name] = None
                    continue
            output[name] = evaluator.value(value)
    if not sets:
        return [output]
    longest = max(len(values) for values in sets.values())
    return [
        output | {name: values[at] if at < len(values) else None for name, values in sets.items()}
        for at in range(longest)
    ]


def _keys(evaluator: Evaluator, select: Node, match: Match, row: dict[str, Value]) -> list[Value]:
    """What a row is ordered by."""
    keys: list[Value] = []
    with evaluator.within([*match.rows]):
        for each in select.get("sortClause", ()):
            node = each["SortBy"]["node"]
            fields = node.get("ColumnRef", {}).get("fields", ())
            name = strings(fields)[0] if len(fields) == 1 and "String" in fields[0] else ""
            keys.append(row[name] if name in row else evaluator.value(_target(select, node)))
    return keys


def _distinct(found: list[_Found]) -> list[_Found]:
    """Leave out rows that an earlier one is equal to."""
    kept: list[_Found] = []
    seen: dict[tuple[Value, ...], int] = {}
    for each in found:
        values = tuple(each.row.values())
        if any(plain(value) is UNKNOWN for value in values):
            kept.append(each)
        elif values not in seen:
            seen[values] = len(kept)
            kept.append(each)
        elif each.match.sure:
            kept[seen[values]] = each
    return kept


def _limited(evaluator: Evaluator, select: Node, found: list[_Found]) -> Rows | None:
    """Put rows in their order and take as many as LIMIT says."""
    ordered = True
    for at, each in reversed([*enumerate(select.get("sortClause", ()))]):
        keys = [result.keys[at] for result in found if len(result.keys) > at]
        if len(keys) != len(found) or {type(key) for key in keys} - {str, int} or len({*map(type, keys)}) > 1:
            ordered = False
            continue
        down = each["SortBy"].get("sortby_dir") == "SORTBY_DESC"
        # Names are ordered by their bytes
        found.sort(key=_by_place(at), reverse=down)
    sure = [each.row for each in found if each.match.sure]
    maybe = [(each.row, each.match.of) for each in found if not each.match.sure]
    if "limitOffset" in select:
        return None
    if "limitCount" not in select:
        return Rows(sure, maybe)
    count = evaluator.value(select["limitCount"])
    if count is None or (type(count) is int and len(found) <= count):
        return Rows(sure, maybe)
    if type(count) is not int:
        return Rows([], [*((row, "") for row in sure), *maybe])
    if ordered and "sortClause" in select and not maybe:
        return Rows(sure[:count])
    if count == 1 and sure:
        agreed = {
            name: value if all(plain(value) is plain(each.row.get(name, UNKNOWN)) for each in found) else UNKNOWN
            for name, value in sure[0].items()
        }
        return Rows([agreed])
    return Rows([], [*((row, "") for row in sure), *maybe], some=bool(sure) and count > 0)


def _by_place(at: int) -> Callable[[_Found], Any]:
    def key(each: _Found) -> Any:
        value = each.keys[at]
        return value.encode() if isinstance(value, str) else value

    return key
