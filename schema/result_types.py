"""The types of expressions, as far as they are certain: a type is its printed name, None where it is not known."""

from __future__ import annotations

from collections.abc import Iterable

from .catalog import Node

UNKNOWN = "unknown"  # the type of a literal that nothing has given one
_COMPARISONS = {"=", "<>", "!=", "<", ">", "<=", ">=", "~", "~*", "!~", "!~*", "~~", "~~*", "!~~", "!~~*"}
_BOOLEAN_KINDS = {
    "AEXPR_OP_ANY",
    "AEXPR_OP_ALL",
    "AEXPR_DISTINCT",
    "AEXPR_NOT_DISTINCT",
    "AEXPR_IN",
    "AEXPR_LIKE",
    "AEXPR_ILIKE",
    "AEXPR_SIMILAR",
    "AEXPR_BETWEEN",
    "AEXPR_NOT_BETWEEN",
    "AEXPR_BETWEEN_SYM",
    "AEXPR_NOT_BETWEEN_SYM",
}
_MAX_INTEGER, _MAX_BIGINT = 2**31 - 1, 2**63 - 1


def literal_type(node: Node) -> str | None:
    """The type of a constant: its ``A_Const``."""
    if "ival" in node:
        return "integer"
    if "boolval" in node:
        return "boolean"
    if "fval" in node:
        written = str(node["fval"].get("fval", ""))
        if written.isdigit() and int(written) <= _MAX_BIGINT:
            return "integer" if int(written) <= _MAX_INTEGER else "bigint"
        return "numeric"
    return "bit" if "bsval" in node else UNKNOWN


def common_type(types: Iterable[str | None]) -> str | None:
    """The type that several expressions become where they must be one; None where that takes a conversion."""
    found = set(types) - {UNKNOWN}
    if not found:
        return UNKNOWN
    return found.pop() if len(found) == 1 else None


def element_of(kind: str | None) -> str | None:
    """The type of an array's element."""
    if kind == "jsonb":
        return "jsonb"
    return kind[:-2] if kind and kind.endswith("[]") else None


def operator_type(node: Node, left: str | None, right: str | None) -> str | None:
    """The type of an operator's result."""
    if node["kind"] in _BOOLEAN_KINDS:
        return "boolean"
    if node["kind"] == "AEXPR_NULLIF":
        return left
    name = node["name"][-1]["String"].get("sval", "")
    if name in _COMPARISONS:
        return "boolean"
    return None


def result_type(name: str, types: list[str | None], node: Node) -> str | None:
    """The type that a built-in function returns."""
    return "bigint" if name == "count" else None
