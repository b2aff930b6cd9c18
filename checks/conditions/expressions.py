"""What an expression of a policy calls, and which role it asks for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from ...schema.expression import parse_expression

Node = Mapping[str, Any]

SERVICE_ROLE = "service_role"
_LEAVES = frozenset({"A_Const", "Integer", "String"})  # nodes without nodes in them: half of a tree


class Call(NamedTuple):
    """A function call: its name, and whether it is the first thing that a sub-select selects."""

    name: str
    wrapped: bool


@lru_cache(maxsize=256)  # trees are large, and rules are asked about one object after the other
def parsed(text: str) -> Node | None:
    """The expression's tree; None where the text does not parse."""
    return parse_expression(text)


def nodes(tree: Any) -> list[tuple[str, Node]]:
    """Every node of a tree with its name; a node comes before those inside it."""
    found: list[tuple[str, Node]] = []
    stack = [tree]
    while stack:
        each = stack.pop()
        if isinstance(each, dict):
            for name, value in each.items():
                if isinstance(value, dict):
                    if name < "a":  # what is in capitals is a node's name, what is not a field's
                        found.append((name, value))
                    if name not in _LEAVES:
                        stack.append(value)
                elif isinstance(value, list):
                    stack.append(value)
        elif isinstance(each, list):
            stack.extend(reversed(each))
    return found


@lru_cache(maxsize=8)  # what is asked about a text is asked at once
def _by_name(text: str) -> Mapping[str, Sequence[Node]]:
    found: dict[str, list[Node]] = {}
    for name, node in nodes(parsed(text)):
        found.setdefault(name, []).append(node)
    return found


def named(text: str, name: str) -> Sequence[Node]:
    """The nodes of this name in an expression; a node comes before those inside it."""
    return _by_name(text).get(name, ())


def function_name(call: Node) -> str:
    """The name a FuncCall node calls, ``pg_catalog`` left out."""
    parts = [part["String"].get("sval", "") for part in call.get("funcname", ()) if "String" in part]
    return ".".join(parts[1:] if parts[:1] == ["pg_catalog"] else parts)


def selected(sublink: Node) -> Node | None:
    """The one thing that ``(select x)`` selects, where nothing but that is in it."""
    select = sublink.get("subselect", {}).get("SelectStmt", {})
    targets = select.get("targetList", ())
    if sublink.get("subLinkType") != "EXPR_SUBLINK" or len(targets) != 1 or "distinctClause" in select:
        return None
    value: Node | None = targets[0].get("ResTarget", {}).get("val")
    return value


def reads_rows(sublink: Node) -> bool:
    """Whether a sub-select reads a relation: ``(select auth.uid())`` reads none."""
    return "fromClause" in sublink.get("subselect", {}).get("SelectStmt", {})


@lru_cache(maxsize=4096)
def calls(text: str) -> tuple[Call, ...]:
    """Every function that the expression calls, in no certain order."""
    wrapped = {
        id(targets[0]["ResTarget"].get("val", {}).get("FuncCall"))
        for node in named(text, "SelectStmt")
        if "distinctClause" not in node and (targets := node.get("targetList"))
    }
    return tuple(Call(function_name(node), id(node) in wrapped) for node in named(text, "FuncCall"))


@lru_cache(maxsize=4096)
def roles_compared(text: str) -> frozenset[str]:
    """The role names that ``auth.role()``, or the token's claim, is compared with."""
    if "role" not in text.lower():
        return frozenset()
    return frozenset(role for node in named(text, "A_Expr") for role in _role_test(node))


def requires_role(text: str, role: str) -> bool:
    """Whether the expression is, or has as one of its ANDed parts, that the request's role is this one."""
    return role in text and any(_role_test(part.get("A_Expr", {})) == {role} for part in _conjuncts(parsed(text)))


def settled_by_role(text: str) -> bool:
    """Whether the expression asks for the request's role and nothing else."""
    tree = parsed(text)
    return tree is not None and bool(_role_test(tree.get("A_Expr", {})))


def _role_test(expression: Node) -> set[str]:
    """The names that a comparison allows the request's role to have; empty where it is another comparison."""
    if expression.get("kind") not in {"AEXPR_OP", "AEXPR_IN", "AEXPR_OP_ANY"} or operator(expression) != "=":
        return set()
    left, right = expression.get("lexpr"), expression.get("rexpr")
    return next((set(texts(other)) for one, other in ((left, right), (right, left)) if is_role(one)), set())


def _conjuncts(tree: Node | None) -> Iterator[Node]:
    if tree and "BoolExpr" in tree and tree["BoolExpr"].get("boolop") == "AND_EXPR":
        for part in tree["BoolExpr"].get("args", ()):
            yield from _conjuncts(part)
    elif tree:
        yield tree


def operator(expression: Node) -> str:
    """The operator of an A_Expr node, without its schema."""
    return str(expression["name"][-1]["String"].get("sval", ""))


def bare(node: Any) -> Any:
    """A node without casts and ``(select ...)`` around it."""
    while isinstance(node, dict):
        if "TypeCast" in node:
            node = node["TypeCast"].get("arg")
        elif "SubLink" in node and (inner := selected(node["SubLink"])) is not None:
            if "fromClause" in node["SubLink"]["subselect"]["SelectStmt"]:
                return node
            node = inner
        else:
            break
    return node


def is_role(node: Any) -> bool:
    """Whether a node is the name of the request's role: ``auth.role()``, or the claim it reads."""
    node = bare(node)
    if not isinstance(node, dict):
        return False
    if "FuncCall" in node:
        call = node["FuncCall"]
        name = function_name(call)
        if name == "auth.role":
            return True
        return name == "current_setting" and texts((call.get("args") or [None])[0]) == ["request.jwt.claim.role"]
    if "A_Expr" in node and operator(node["A_Expr"]) == "->>":
        return texts(node["A_Expr"].get("rexpr")) == ["role"] and is_claims(node["A_Expr"].get("lexpr"))
    return False


def is_uid(node: Any) -> bool:
    """Whether a node is the id of the user who asks: ``auth.uid()``."""
    node = bare(node)
    return isinstance(node, dict) and "FuncCall" in node and function_name(node["FuncCall"]) == "auth.uid"


def is_claims(node: Any) -> bool:
    """Whether a node is the claims of the request's token: ``auth.jwt()``, or the setting it reads."""
    node = bare(node)
    if not isinstance(node, dict) or "FuncCall" not in node:
        return False
    call = node["FuncCall"]
    name = function_name(call)
    if name == "nullif":
        return is_claims((call.get("args") or [None])[0])
    return name == "auth.jwt" or (
        name == "current_setting" and texts((call.get("args") or [None])[0]) == ["request.jwt.claims"]
    )


def texts(node: Any) -> list[str]:
    """The string constants that a node is, or is a list of."""
    node = bare(node)
    if isinstance(node, list):
        return [text for each in node for text in texts(each)]
    if not isinstance(node, dict):
        return []
    if "A_Const" in node:
        return [str(node["A_Const"]["sval"].get("sval", ""))] if "sval" in node["A_Const"] else []
    if "List" in node:
        return texts(node["List"].get("items", []))
    if "A_ArrayExpr" in node:
        return texts(node["A_ArrayExpr"].get("elements", []))
    return []
