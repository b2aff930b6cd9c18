"""What an expression of a policy comes to for one role: every row, no row, or which.

A value is a constant in a 1-tuple (None is NULL), or one of the words below.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from functools import lru_cache
from typing import Any

from ..schema import literals
from .expressions import (
    SERVICE_ROLE,
    Node,
    bare,
    function_name,
    is_claims,
    is_role,
    nodes,
    operator,
    parsed,
    selected,
    texts,
)


class Outcome(Enum):
    """For which rows an expression is true."""

    ALWAYS = "every row"
    NEVER = "no row"
    SOME = "the rows it selects"
    UNDECIDED = "rows that cannot be decided here"


_VALUE = "value"  # not null, and not known here: the user's id
_ROW = "row"  # depends on the row alone
_UNKNOWN = "unknown"
_NOT_TRUE = "not true"  # false or null

_COMPARE = {"=", "<>", "<", ">", "<=", ">="}
_USER_CLAIMS = {"sub", "email", "phone", "session_id", "app_metadata", "user_metadata", "aal", "amr", "is_anonymous"}
_STRICT = {"lower", "upper", "btrim", "length", "date_trunc", "split_part", "left", "right"}  # null for a null
_HARMLESS = {"now", "concat"}


def plainly_true(text: str) -> bool:
    """Whether the server prints the expression as ``true`` or ``(1 = 1)``."""
    tree = parsed(text) or {}
    test = tree.get("A_Expr", {})
    if test.get("kind") in {"AEXPR_OP", "AEXPR_IN"} and operator(test) == "=":
        sides = (test.get("lexpr"), _only(test.get("rexpr")))
        found = [_integer(side) for side in sides]
        if None in found and found != [None, None]:  # a literal beside an integer is one
            found = [_literal(side) if value is None else value for side, value in zip(sides, found, strict=True)]
        return found == [1, 1]
    if "sval" in tree.get("A_Const", {}):
        return literals.boolean(texts(tree)[0]) is True
    return {"A_Const", "TypeCast"} & tree.keys() != set() and _value(tree, "")[0] is True


def _only(node: Any) -> Any:
    """What ``IN`` with one element compares with; any other node itself."""
    items: list[Any] = node.get("List", {}).get("items", []) if isinstance(node, dict) else []
    return items[0] if len(items) == 1 else node


def _literal(node: Any) -> int | None:
    text = node.get("A_Const", {}).get("sval", {}).get("sval", "") if isinstance(node, dict) else ""
    return int(text) if text.strip().isascii() and text.strip().isdigit() else None


def _integer(node: Any) -> int | None:
    """The constant of type integer that a node is; a cast to it is left out by the server."""
    if isinstance(node, dict) and "TypeCast" in node:
        names = node["TypeCast"].get("typeName", {}).get("names", [])
        node = node["TypeCast"].get("arg") if names and names[-1]["String"].get("sval") == "int4" else None
    constant = node.get("A_Const", {}) if isinstance(node, dict) else {}
    return constant["ival"].get("ival", 0) if "ival" in constant else None


@lru_cache(maxsize=4096)
def outcome(text: str | None, role: str) -> Outcome:
    """For which rows the expression is true when ``role`` asks; an absent expression is true."""
    if text is None:
        return Outcome.ALWAYS
    tree = parsed(text)
    if tree is None:
        return Outcome.UNDECIDED
    value = _value(tree, role)
    if value == (True,):
        return Outcome.ALWAYS
    if isinstance(value, tuple) or value == _NOT_TRUE:
        return Outcome.NEVER
    return Outcome.SOME if value in {_ROW, _VALUE} else Outcome.UNDECIDED


def _value(node: Any, role: str) -> Any:
    node = node if isinstance(node, dict) and len(node) == 1 else {"?": {}}
    name, inner = next(iter(node.items()))
    evaluate = _EVALUATE.get(name)
    return evaluate(inner, role) if evaluate else _UNKNOWN


def _constant(node: Node, _: str) -> Any:
    if node.get("isnull"):
        return (None,)
    for field, key, absent in (("sval", "sval", ""), ("ival", "ival", 0), ("boolval", "boolval", False)):
        if field in node:
            return (node[field].get(key, absent),)
    return (node["fval"].get("fval"),) if "fval" in node else _VALUE


def _boolean(node: Node, role: str) -> Any:
    values = [_value(each, role) for each in node.get("args", ())]
    joined = node.get("boolop")
    if joined == "NOT_EXPR":
        value = values[0]
        if isinstance(value, tuple):
            return (None,) if value[0] is None else (not value[0],)
        return _UNKNOWN if value == _NOT_TRUE else value
    falsy = [v for v in values if v in {_NOT_TRUE, (False,), (None,)}]
    if joined == "AND_EXPR":
        if falsy:
            return (False,) if (False,) in falsy else _NOT_TRUE
        rest = [v for v in values if v != (True,)]
        return _mixed(rest) if rest else (True,)
    if (True,) in values:
        return (True,)
    rest = [v for v in values if v not in falsy]
    if rest:
        return _mixed(rest)
    return (False,) if all(v == (False,) for v in falsy) else _NOT_TRUE


def _mixed(values: list[Any]) -> Any:
    return _UNKNOWN if _UNKNOWN in values else _ROW


def _operation(node: Node, role: str) -> Any:
    kind, sign = node.get("kind"), operator(node)
    if sign in {"->", "->>"} and is_claims(node.get("lexpr")):
        return _claim(texts(node.get("rexpr")), role)
    left, right = _value(node.get("lexpr"), role), node.get("rexpr")
    if kind in {"AEXPR_IN", "AEXPR_OP_ANY"}:
        return _membership(left, bare(right), role, negated=sign != "=")
    if kind in {"AEXPR_DISTINCT", "AEXPR_NOT_DISTINCT"}:
        value = _value(right, role)
        if isinstance(left, tuple) and isinstance(value, tuple):
            return ((left == value) is (kind == "AEXPR_NOT_DISTINCT"),)
        return _mixed([left, value])
    if kind not in {"AEXPR_OP", "AEXPR_LIKE", "AEXPR_ILIKE", "AEXPR_SIMILAR"}:
        return _UNKNOWN
    values = [left] if right is None else [left, _value(right, role)]
    if (None,) in values:
        return (None,)  # the built-in operators are strict
    if sign in _COMPARE and all(isinstance(v, tuple) for v in values):
        if type(values[0][0]) is not type(values[-1][0]) or sign not in {"=", "<>"}:
            return _UNKNOWN
        return ((values[0] == values[1]) is (sign == "="),)
    return _mixed(values)


def _claim(key: list[str], role: str) -> Any:
    """A claim of the token: a key for ``anon`` names no user."""
    if key == ["role"]:
        return (role,)
    return (None,) if role == "anon" and set(key) & _USER_CLAIMS else _UNKNOWN


def _membership(left: Any, right: Any, role: str, *, negated: bool) -> Any:
    if left == (None,):
        return (None,)
    elements = _elements(right)
    if elements is None:
        return _mixed([left, _value(right, role)])
    values = [_value(each, role) for each in elements]
    if set(values) == {(None,)} or (negated and (None,) in values):
        return _NOT_TRUE
    if negated:
        return _mixed([left, *values])
    if isinstance(left, tuple) and all(isinstance(v, tuple) for v in values):
        if left in values:
            return (True,)
        return (None,) if (None,) in values else (False,)
    return _mixed([left, *values])


def _elements(node: Any) -> list[Any] | None:
    if isinstance(node, dict) and "List" in node:
        return list(node["List"].get("items", []))
    if isinstance(node, dict) and "A_ArrayExpr" in node:
        return list(node["A_ArrayExpr"].get("elements", []))
    return None


def _function(node: Node, role: str) -> Any:
    name = function_name(node)
    if name == "auth.role":
        return (role,)
    if name in {"auth.uid", "auth.email"}:
        return (None,) if role == "anon" else _UNKNOWN if role == SERVICE_ROLE else _VALUE
    if name == "current_setting" and is_role({"FuncCall": node}):
        return (role,)
    values = [_value(each, role) for each in node.get("args", ())]
    if name == "coalesce":
        return _first_known(values)
    if name in _STRICT and (None,) in values:
        return (None,)
    return _mixed(values or [_ROW]) if name in _STRICT | _HARMLESS else _UNKNOWN


def _coalesce(node: Node, role: str) -> Any:
    return _first_known([_value(each, role) for each in node.get("args", ())])


def _first_known(values: list[Any]) -> Any:
    rest = [v for v in values if v != (None,)]
    if not rest:
        return (None,)
    return rest[0] if isinstance(rest[0], tuple) or rest[0] == _VALUE else _mixed(rest)


def _sublink(node: Node, role: str) -> Any:
    select = node.get("subselect", {}).get("SelectStmt", {})
    inner = selected(node)
    if inner is not None and not {"fromClause", "whereClause", "limitCount"} & select.keys():
        return _value(inner, role)
    kind = node.get("subLinkType")
    if kind == "ANY_SUBLINK" and _value(node.get("testexpr"), role) == (None,):
        return _NOT_TRUE
    if "whereClause" not in select or "groupClause" in select or _aggregates(select):
        return _UNKNOWN
    if _value(select["whereClause"], role) not in (_NOT_TRUE, (False,), (None,)):
        return _UNKNOWN
    return {"EXISTS_SUBLINK": (False,), "EXPR_SUBLINK": (None,), "ANY_SUBLINK": (False,)}.get(str(kind), _UNKNOWN)


def _aggregates(select: Node) -> bool:
    """Whether the select list may hold an aggregate, which gives a row even where no row is found."""
    return any(name == "FuncCall" for name, _ in nodes(select.get("targetList", [])))


def _null_test(node: Node, role: str) -> Any:
    value = _value(node.get("arg"), role)
    asks_null = node.get("nulltesttype") == "IS_NULL"
    if isinstance(value, tuple):
        return ((value[0] is None) is asks_null,)
    return (not asks_null,) if value == _VALUE else _mixed([value])


def _boolean_test(node: Node, role: str) -> Any:
    value = _value(node.get("arg"), role)
    asked = {"IS_TRUE": (True,), "IS_FALSE": (False,), "IS_UNKNOWN": (None,)}
    kind = str(node.get("booltesttype", ""))
    wanted = asked.get(kind.replace("IS_NOT_", "IS_"))
    if isinstance(value, tuple) and wanted:
        return ((value == wanted) is not kind.startswith("IS_NOT_"),)
    return _mixed([value])


def _cast(node: Node, role: str) -> Any:
    value = _value(node.get("arg"), role)
    if isinstance(value, tuple) and isinstance(value[0], str):
        names = node.get("typeName", {}).get("names", [])
        if names and names[-1].get("String", {}).get("sval") == "bool":
            word = value[0].strip().lower()
            known = {"t": True, "true": True, "1": True, "on": True, "yes": True}
            return (known.get(word, False),)
    return value


_EVALUATE: dict[str, Callable[[Node, str], Any]] = {
    "A_Const": _constant,
    "BoolExpr": _boolean,
    "A_Expr": _operation,
    "FuncCall": _function,
    "CoalesceExpr": _coalesce,
    "SubLink": _sublink,
    "NullTest": _null_test,
    "BooleanTest": _boolean_test,
    "TypeCast": _cast,
    "ColumnRef": lambda _node, _role: _ROW,
    "SQLValueFunction": lambda _node, _role: _UNKNOWN,
}
