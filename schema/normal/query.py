"""The normal form of queries: sublinks, derived tables and the definitions of views.

Aliases of relations are gone (a column says by its place which relation it is of), positions and output names
in ORDER BY and GROUP BY have become the expressions they stand for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .form import Relation, Scope, convert, fields_of, name_of, relation, sort_by, value_of
from .types import Node, Tree

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAMED_NODES = {
    "A_ArrayExpr": "array",
    "CoalesceExpr": "coalesce",
    "GroupingFunc": "grouping",
    "RowExpr": "row",
    "XmlSerialize": "xmlserialize",
}
_SURE, _WEAK = 2, 1  # how much a name is worth, as in FigureColnameInternal (parse_target.c)
_DONE = frozenset({"op", "all", "limitOption", "withClause"})


def select(node: Node, scope: Scope, *, named: bool = True) -> Tree:
    """Bring a SELECT into its normal form; its columns' names count where something can refer to them."""
    if node.get("op", "SETOP_NONE") != "SETOP_NONE":
        return _set_operation(node, scope, named=named)
    targets = [each["ResTarget"] for each in node.get("targetList", ())]
    relations = tuple(_relations(node.get("fromClause", ())))
    inner = scope.within(relations, _merged(node.get("fromClause", ())))
    fields: dict[str, Any] = {
        "targetList": (
            "list",
            *(("target", column_name(each) if named else None, convert(each["val"], inner)) for each in targets),
        ),
        "fromClause": ("list", *_from_list(node.get("fromClause", ()), scope, relations)),
    }
    for name in ("sortClause", "groupClause", "distinctClause"):
        if name in node:
            fields[name] = ("list", *(_sorted(item, targets, inner) for item in node[name]))
    if "lockingClause" in node:
        fields["lockingClause"] = _locks(node, relations)
    return _selected(node, fields, inner, scope)


def _locks(node: Node, relations: tuple[Relation, ...]) -> Tree:
    """FOR UPDATE and the like: by relation, whether it is named or all of them are meant."""
    lockable = tuple(_lockable(node.get("fromClause", ())))
    locks: set[tuple[int, str, str]] = set()
    for each in node["lockingClause"]:
        clause = each["LockingClause"]
        named = {rel["RangeVar"]["relname"] for rel in clause.get("lockedRels", ())}
        for place, relation_ in enumerate(relations):
            if relation_.name in named if named else lockable[place]:
                locks.add((place, clause["strength"], clause.get("waitPolicy", "")))
    return ("locks", *sorted(locks))


def _lockable(items: Any) -> Iterator[bool]:
    """Whether FOR UPDATE without OF locks each of what ``_relations`` names."""
    for item in items:
        tag, body = next(iter(item.items()))
        if tag == "JoinExpr":
            yield from _lockable((body["larg"], body["rarg"]))
            if "alias" in body:
                yield False
        else:
            yield tag in {"RangeVar", "RangeSubselect"}


def _set_operation(node: Node, scope: Scope, *, named: bool) -> Tree:
    first = node
    while "larg" in first:
        first = first["larg"]
    names = [column_name(each["ResTarget"]) for each in first.get("targetList", ())]
    fields = {
        "set": (node["op"], bool(node.get("all"))),
        "larg": select(node["larg"], scope, named=named),
        "rarg": select(node["rarg"], scope, named=False),
    }
    if "sortClause" in node:
        fields["sortClause"] = ("list", *(_sorted_by_name(item, names, scope) for item in node["sortClause"]))
    return _selected(node, fields, scope, scope)


def _selected(node: Node, fields: dict[str, Any], inner: Scope, outer: Scope) -> Tree:
    """Add the clauses that every kind of SELECT may have."""
    if "withClause" in node:
        fields["withClause"] = _with(node["withClause"], outer)
    if node.get("limitOption") == "LIMIT_OPTION_WITH_TIES":
        fields["limitOption"] = "WITH TIES"
    rest = {key: value for key, value in node.items() if key not in fields and key not in _DONE}
    own = {f".{key}": value for key, value in fields.items()}
    return ("select", *sorted((own | dict(fields_of(rest, inner))).items()))


def _with(node: Node, scope: Scope) -> Tree:
    parts: list[Tree] = []
    for each in node["ctes"]:
        body = each["CommonTableExpr"]
        rest = {key: value for key, value in body.items() if key not in {"ctename", "ctequery", "aliascolnames"}}
        columns = _strings(body.get("aliascolnames", ()))
        parts.append(("cte", body["ctename"], columns, convert(body["ctequery"], scope), fields_of(rest, scope)))
    return ("with", bool(node.get("recursive")), *parts)


def _strings(nodes: Any) -> tuple[str, ...]:
    return tuple(each["String"]["sval"] for each in nodes)


# FROM


def _relations(items: Any) -> Iterator[Relation]:
    """Name what a FROM clause makes visible, in the order it is written."""
    for item in items:
        tag, body = next(iter(item.items()))
        alias = body.get("alias", {}).get("aliasname")
        if tag == "JoinExpr":
            yield from _relations((body["larg"], body["rarg"]))
            if alias:
                yield Relation(alias)
        elif tag == "RangeFunction":
            yield Relation(alias or _function_name(body), of_one_column=_has_one_column(body))
        else:
            yield Relation(alias or body.get("relname", ""))


def _merged(items: Any, start: int = 0) -> dict[str, int | None]:
    """Say which relation a column stands for that joins USING: the side that is always there, None for neither."""
    found: dict[str, int | None] = {}
    for item in items:
        if "JoinExpr" in item:
            body = item["JoinExpr"]
            sides = []
            for side, first in ((body["larg"], start), (body["rarg"], start + _count(body["larg"]))):
                sides.append((_merged((side,), first), first if _count(side) == 1 else None))
                found |= sides[-1][0]
            kept = {"JOIN_INNER": 0, "JOIN_LEFT": 0, "JOIN_RIGHT": 1}.get(body.get("jointype", "JOIN_INNER"))
            for name in _strings(body.get("usingClause", ())):
                found[name] = None if kept is None else sides[kept][0].get(name, sides[kept][1])
        start += _count(item)
    return found


def _count(item: Node) -> int:
    return sum(1 for _ in _relations((item,)))


def _function_name(body: Node) -> str:
    call = body["functions"][0]["List"]["items"][0].get("FuncCall")
    return str(name_of(call["funcname"])[1]) if call else ""


def _has_one_column(body: Node) -> bool:
    """Whether the alias of a function can be the name of the one column it returns."""
    columns = body.get("alias", {}).get("colnames", ())
    single = len(body["functions"]) == 1 and not body.get("coldeflist") and not body.get("ordinality")
    return single and len(columns) <= 1


def _from_list(items: list[Node], outer: Scope, relations: tuple[Relation, ...]) -> Iterator[Tree]:
    start = 0
    for item in items:
        yield _from(item, outer, relations, start)
        start += _count(item)


def _from(node: Node, outer: Scope, relations: tuple[Relation, ...], start: int) -> Tree:
    """Bring an item of FROM into its normal form.

    ``relations`` are all of the clause, and ``start`` is how many stand before this one: those are what a
    function or a LATERAL query sees beside what is ``outer``.
    """
    tag, body = next(iter(node.items()))
    columns = _strings(body.get("alias", {}).get("colnames", ()))
    before = outer.within(relations[:start])
    if tag == "RangeVar":
        return relation(body)
    if tag == "RangeSubselect":
        lateral = bool(body.get("lateral"))
        query = select(body["subquery"]["SelectStmt"], before if lateral else outer)
        return ("derived", lateral, columns, query)
    if tag == "JoinExpr":
        return (
            "join",
            body.get("jointype", "JOIN_INNER"),
            (bool(body.get("isNatural")), _strings(body.get("usingClause", ()))),
            _from(body["larg"], outer, relations, start),
            _from(body["rarg"], outer, relations, start + _count(body["larg"])),
            convert(body["quals"], outer.within(relations)) if "quals" in body else None,
        )
    if tag == "RangeFunction":
        rest = {key: value for key, value in body.items() if key not in {"alias", "functions", "lateral"}}
        calls = tuple(value_of(each, before) for each in body["functions"])
        return ("function", columns, calls, fields_of(rest, before))
    return ("node", tag, *fields_of(body, before))


# ORDER BY, GROUP BY, DISTINCT ON


def _sorted(node: Node, targets: list[Node], scope: Scope) -> Tree:
    if "SortBy" in node:
        body = node["SortBy"]
        return sort_by(body, _sorted(body["node"], targets, scope), scope)
    position = node.get("A_Const", {}).get("ival", {}).get("ival")
    if position is not None and 0 < position <= len(targets):
        if any(_is_star(each["val"]) for each in targets[:position]):
            return ("position", position)
        return convert(targets[position - 1]["val"], scope)
    fields = node.get("ColumnRef", {}).get("fields", ())
    if len(fields) == 1 and "String" in fields[0]:
        found = [each["val"] for each in targets if each.get("name") == fields[0]["String"]["sval"]]
        if len(found) == 1:
            return convert(found[0], scope)
    return convert(node, scope) if node else ()


def _sorted_by_name(node: Node, names: list[str], scope: Scope) -> Tree:
    body = node["SortBy"]
    fields = body["node"].get("ColumnRef", {}).get("fields", ())
    name = fields[0].get("String", {}).get("sval") if len(fields) == 1 else None
    if name in names:
        return sort_by(body, ("constant", "number", str(names.index(name) + 1), None), scope)
    return sort_by(body, convert(body["node"], scope), scope)


def _is_star(node: Node) -> bool:
    return "ColumnRef" in node and "A_Star" in node["ColumnRef"]["fields"][-1]


# Sublinks


def sublink(node: Node, scope: Scope) -> Tree:
    """Bring a subquery inside an expression into its normal form; nothing can refer to its columns' names."""
    kind = node["subLinkType"]
    query = select(node["subselect"]["SelectStmt"], scope, named=False)
    if kind == "EXISTS_SUBLINK" and _rows_decide(query):
        query = ("select", *(field for field in query[1:] if field[0] != ".targetList"))
    test = convert(node["testexpr"], scope) if "testexpr" in node else None
    name = name_of(node["operName"]) if "operName" in node else (None, "=")
    return ("sublink", kind, test, name, query)


def _rows_decide(query: Tree) -> bool:
    """Whether EXISTS asks for rows alone: a list of columns and constants makes none and hides none."""
    targets = dict(query[1:]).get(".targetList", ())[1:]
    return all(each[2][0] in {"constant", "column", "star"} for each in targets)


# The names of output columns


def column_name(target: Node) -> str:
    """Name an output column (a ``ResTarget``) as the server does: by its AS, else by FigureColname."""
    return str(target["name"]) if "name" in target else _figured(target["val"])[0] or "?column?"


def _figured(node: Node) -> tuple[str | None, int]:
    tag, body = next(iter(node.items()))
    if tag == "ColumnRef":
        last = body["fields"][-1]
        return (last["String"]["sval"], _SURE) if "String" in last else ("*", _SURE)
    if tag == "A_Indirection":
        names = [part["String"]["sval"] for part in body["indirection"] if "String" in part]
        return (names[-1], _SURE) if names else _figured(body["arg"])
    if tag == "FuncCall":
        return body["funcname"][-1]["String"]["sval"], _SURE
    if tag == "A_Expr" and body["kind"] == "AEXPR_NULLIF":
        return "nullif", _SURE
    if tag == "CollateClause":
        return _figured(body["arg"])
    if tag == "TypeCast":
        name, worth = _figured(body["arg"])
        return (name, worth) if worth > _WEAK else (body["typeName"]["names"][-1]["String"]["sval"], _WEAK)
    if tag == "CaseExpr":
        name, worth = _figured(body["defresult"]) if "defresult" in body else (None, 0)
        return (name, worth) if worth > _WEAK else ("case", _WEAK)
    if tag == "SubLink":
        return _figured_sublink(body)
    if tag == "MinMaxExpr":
        return ("greatest" if body["op"] == "IS_GREATEST" else "least"), _SURE
    if tag == "SQLValueFunction":
        return str(body["op"]).removeprefix("SVFOP_").removesuffix("_N").lower(), _SURE
    return (_NAMED_NODES[tag], _SURE) if tag in _NAMED_NODES else (None, 0)


def _figured_sublink(body: Node) -> tuple[str | None, int]:
    kind = body["subLinkType"]
    targets = body["subselect"]["SelectStmt"].get("targetList", ())
    if kind == "EXPR_SUBLINK" and targets:
        return column_name(targets[0]["ResTarget"]), _SURE
    return {"EXISTS_SUBLINK": ("exists", _SURE), "ARRAY_SUBLINK": ("array", _SURE)}.get(kind, (None, 0))
