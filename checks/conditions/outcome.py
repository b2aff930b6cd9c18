"""What an expression of a policy comes to for one role of the platform: every row, no row, or which."""

from __future__ import annotations

from enum import Enum
from functools import lru_cache
from typing import Any

from ...schema.normal import literals
from .expressions import Node, function_name, is_claims, named, operator, parsed, reads_rows, texts
from .truth import PER_ROW, Judge, Request, request_of


class Outcome(Enum):
    """For which rows an expression is true."""

    ALWAYS = "every row"
    NEVER = "no row"
    SOME = "the rows it selects"
    UNDECIDED = "rows that cannot be decided here"


_NOBODY = Judge(Request("", None, claimed=False), {}, lambda _: False)
# Functions whose value the row and the request decide
_KNOWN = frozenset({"auth.uid", "auth.role", "auth.email", "auth.jwt", "current_setting", *PER_ROW})


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
    return bool({"A_Const", "TypeCast"} & tree.keys()) and _NOBODY.truth(tree).always


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
    found = Judge(request_of(role, "supabase"), {}, lambda _: True).text(text)
    if found.always or found.never:
        return Outcome.ALWAYS if found.always else Outcome.NEVER
    return Outcome.UNDECIDED if _is_opaque(text) else Outcome.SOME


def _is_opaque(text: str) -> bool:
    """Whether an expression rests on more than the row and who asks: other tables, functions, other claims."""
    return (
        any(map(reads_rows, named(text, "SubLink")))
        or any(function_name(node) not in _KNOWN for node in named(text, "FuncCall"))
        or any(map(_is_other_claim, named(text, "A_Expr")))
    )


def _is_other_claim(test: Node) -> bool:
    claim = operator(test) in {"->", "->>"} and is_claims(test.get("lexpr"))
    return claim and not set(texts(test.get("rexpr"))) <= {"sub", "role"}
