"""What an expression of a policy calls, and what it comes to for one role."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from functools import lru_cache
from typing import Any, NamedTuple

from ..schema.expression import parse_expression

Node = Mapping[str, Any]

SERVICE_ROLE = "service_role"


class Outcome(Enum):
    """For which rows an expression is true."""

    ALWAYS = "every row"
    NEVER = "no row"
    SOME = "the rows it selects"
    UNDECIDED = "rows that cannot be decided here"


class Call(NamedTuple):
    """A function call: its name, and whether it is the first thing that a sub-select selects."""

    name: str
    wrapped: bool


@lru_cache(maxsize=4096)
def parsed(text: str) -> Node | None:
    """The expression's tree; None where the text does not parse."""
    return parse_expression(text)


def nodes(tree: Any) -> Iterator[tuple[str, Node]]:
    """Every node of a tree with its name; a node comes before those inside it."""
    stack = [tree]
    while stack:
        each = stack.pop()
        if isinstance(each, dict):
            for name, value in each.items():
                if isinstance(value, dict) and name[0].isupper():
                    yield name, value
                if isinstance(value, dict | list):
                    stack.append(value)
        elif isinstance(each, list):
            stack.extend(reversed(each))


def function_name(call: Node) -> str:
    """The name a FuncCall node calls, ``pg_catalog`` left out."""
    parts = [part["String"].get("sval", "") for part in call.get("funcname", ()) if "String" in part]
    return ".".join(parts[1:] if parts[:1] == ["pg_catalog"] else parts)


def _selected(sublink: Node) -> Node | None:
    """The one thing that ``(select x)`` selects, where nothing but that is in it."""
    select = sublink.get("subselect", {}).get("SelectStmt", {})
    targets = select.get("targetList", ())
    if sublink.get("subLinkType") != "EXPR_SUBLINK" or len(targets) != 1 or "distinctClause" in select:
        return None
    value: Node | None = targets[0].get("ResTarget", {}).get("val")
    return value


@lru_cache(maxsize=4096)
def calls(text: str) -> tuple[Call, ...]:
    """Every function that the expression calls, in no certain order."""
    tree = parsed(text)
    wrapped = {
        id(targets[0]["ResTarget"].get("val", {}).get("FuncCall"))
        for name, node in nodes(tree)
        if name == "SelectStmt" and "distinctClause" not in node and (targets := node.get("targetList"))
    }
    return tuple(Call(function_name(node), id(node) in wrapped) for name, node in nodes(tree) if name == "FuncCall")


@lru_cache(maxsize=4096)
def roles_compared(text: str) -> frozenset[str]:
    """The role names that ``auth.role()``, or the token's claim, is compared with."""
    tests = (_role_test(node) for name, node in nodes(parsed(text)) if name == "A_Expr")
    return frozenset(role for test in tests for role in test)


def requires_role(text: str, role: str) -> bool:
    """Whether the expression is, or has as one of its ANDed parts, that the request's role is this one."""
    return role in text and any(_role_test(part.get("A_Expr", {})) == {role} for part in _conjuncts(parsed(text)))


def settled_by_role(text: str) -> bool:
    """Whether the expression asks for the request's role and nothing else."""
    tree = parsed(text)
    return tree is not None and bool(_role_test(tree.get("A_Expr", {})))


def _role_test(expression: Node) -> set[str]:
    """The names that a comparison allows the request's role to have; empty where it is another comparison."""
    if expression.get("kind") not in {"AEXPR_OP", "AEXPR_IN", "AEXPR_OP_ANY"} or _operator(expression) != "=":
        return set()
    left, right = expression.get("lexpr"), expression.get("rexpr")
    return next((set(_texts(other)) for one, other in ((left, right), (right, left)) if _is_role(one)), set())


def plainly_true(text: str) -> bool:
    """Whether the server prints the expression as ``true`` or ``(1 = 1)``."""
    tree = parsed(text) or {}
    if "A_Expr" in tree and tree["A_Expr"].get("kind") == "AEXPR_OP" and _operator(tree["A_Expr"]) == "=":
        return all(_integer(tree["A_Expr"].get(side)) == 1 for side in ("lexpr", "rexpr"))
    return {"A_Const", "TypeCast"} & tree.keys() != set() and _value(tree, "")[0] is True


def _integer(node: Any) -> int | None:
    """The constant of type integer that a node is; a cast to it is left out by the server."""
    if isinstance(node, dict) and "TypeCast" in node:
        names = node["TypeCast"].get("typeName", {}).get("names", [])
        node = node["TypeCast"].get("arg") if names and names[-1]["String"].get("sval") == "int4" else None
    constant = node.get("A_Const", {}) if isinstance(node, dict) else {}
    return constant["ival"].get("ival", 0) if "ival" in constant else None


def _conjuncts(tree: Node | None) -> Iterator[Node]:
    if tree and "BoolExpr" in tree and tree["BoolExpr"].get("boolop") == "AND_EXPR":
        for part in tree["BoolExpr"].get("args", ()):
            yield from _conjuncts(part)
    elif tree:
        yield tree


def _operator(expression: Node) -> str:
    return str(expression["name"][-1]["String"].get("sval", ""))


def _bare(node: Any) -> Any:
    """A node without casts and ``(select ...)`` around it."""
    while isinstance(node, dict):
        if "TypeCast" in node:
            node = node["TypeCast"].get("arg")
        elif "SubLink" in node and (inner := _selected(node["SubLink"])) is not None:
            if "fromClause" in node["SubLink"]["subselect"]["SelectStmt"]:
                return node
            node = inner
        else:
            break
    return node


def _is_role(node: Any) -> bool:
    node = _bare(node)
    if not isinstance(node, dict):
        return False
    if "FuncCall" in node:
        call = node["FuncCall"]
        name = function_name(call)
        if name == "auth.role":
            return True
        return name == "current_setting" and _texts((call.get("args") or [None])[0]) == ["request.jwt.claim.role"]
    if "A_Expr" in node and _operator(node["A_Expr"]) == "->>":
        return _texts(node["A_Expr"].get("rexpr")) == ["role"] and _is_claims(node["A_Expr"].get("lexpr"))
    return False


def _is_claims(node: Any) -> bool:
    node = _bare(node)
    if not isinstance(node, dict) or "FuncCall" not in node:
        return False
    call = node["FuncCall"]
    name = function_name(call)
    if name == "nullif":
        return _is_claims((call.get("args") or [None])[0])
    return name == "auth.jwt" or (
        name == "current_setting" and _texts((call.get("args") or [None])[0]) == ["request.jwt.claims"]
    )


def _texts(node: Any) -> list[str]:
    """The string constants that a node is, or is a list of."""
    node = _bare(node)
    if isinstance(node, list):
        return [text for each in node for text in _texts(each)]
    if not isinstance(node, dict):
        return []
    if "A_Const" in node:
        return [str(node["A_Const"]["sval"].get("sval", ""))] if "sval" in node["A_Const"] else []
    if "List" in node:
        return _texts(node["List"].get("items", []))
    if "A_ArrayExpr" in node:
        return _texts(node["A_ArrayExpr"].get("elements", []))
    return []


# -- what an expression comes to -----------------------------------------------------------------------------
#
# A value is a constant (None is NULL) in a 1-tuple, or one of these.
_VALUE = "value"  # not null, and not known here: the user's id
_ROW = "row"  # depends on the row alone
_UNKNOWN = "unknown"
_NOT_TRUE = "not true"  # false or null

_COMPARE = {"=", "<>", "<", ">", "<=", ">="}
_USER_CLAIMS = {"sub", "email", "phone", "session_id", "app_metadata", "user_metadata", "aal", "amr", "is_anonymous"}
_HARMLESS = {"now", "lower", "upper", "btrim", "length", "date_trunc", "trim", "split_part", "concat", "left", "right"}


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
    operator = node.get("boolop")
    if operator == "NOT_EXPR":
        value = values[0]
        if isinstance(value, tuple):
            return (None,) if value[0] is None else (not value[0],)
        return _UNKNOWN if value == _NOT_TRUE else value
    falsy = [v for v in values if v in {_NOT_TRUE, (False,), (None,)}]
    if operator == "AND_EXPR":
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
    kind, operator = node.get("kind"), _operator(node)
    if operator in {"->", "->>"} and _is_claims(node.get("lexpr")):
        return _claim(_texts(node.get("rexpr")), role)
    left, right = _value(node.get("lexpr"), role), node.get("rexpr")
    if kind in {"AEXPR_IN", "AEXPR_OP_ANY"}:
        return _membership(left, _bare(right), role, negated=operator != "=")
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
    if operator in _COMPARE and all(isinstance(v, tuple) for v in values):
        if type(values[0][0]) is not type(values[-1][0]) or operator not in {"=", "<>"}:
            return _UNKNOWN
        return ((values[0] == values[1]) is (operator == "="),)
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
    if name == "current_setting" and _is_role({"FuncCall": node}):
        return (role,)
    values = [_value(each, role) for each in node.get("args", ())]
    if name == "coalesce":
        return _first_known(values)
    return _mixed(values or [_ROW]) if name in _HARMLESS else _UNKNOWN


def _coalesce(node: Node, role: str) -> Any:
    return _first_known([_value(each, role) for each in node.get("args", ())])


def _first_known(values: list[Any]) -> Any:
    rest = [v for v in values if v != (None,)]
    if not rest:
        return (None,)
    return rest[0] if isinstance(rest[0], tuple) or rest[0] == _VALUE else _mixed(rest)


def _sublink(node: Node, role: str) -> Any:
    select = node.get("subselect", {}).get("SelectStmt", {})
    inner = _selected(node)
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
