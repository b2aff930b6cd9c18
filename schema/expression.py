"""Equality of expressions, queries and definitions, given as texts.

One side is usually as written, the other as the server prints it (pg_get_expr, pg_get_viewdef,
pg_get_constraintdef, pg_get_indexdef). No catalog is asked, so that there is a third answer between the same
and different, and two shades of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from .normal.form import PLACES, Scope, convert
from .normal.likeness import Likeness, likeness
from .normal.types import Node, Tree, type_tree
from .parser import ParseError, parse_sql_json
from .pattern import lazy

__all__ = [
    "Likeness",
    "compare",
    "compare_definition",
    "compare_keys",
    "compare_query",
    "compare_values",
    "normal",
    "normal_query",
    "normal_text",
    "parse_expression",
    "parse_query",
]

Tool = Callable[[str], "Node | None"]


def parse_expression(text: str) -> Node | None:
    """Parse one expression; None where it is none, or more than one."""
    found = _parse(f"select {text}")
    query = found.get("SelectStmt", {}) if found else {}
    targets = query.get("targetList", ())
    if len(targets) != 1 or "name" in targets[0]["ResTarget"] or query.keys() - _BARE:
        return None
    return targets[0]["ResTarget"]["val"]  # type: ignore[no-any-return]  # a node


def parse_query(text: str) -> Node | None:
    """Parse one SELECT (VALUES, WITH ... SELECT); None where it is none."""
    found = _parse(text)
    return found if found and "SelectStmt" in found else None


def compare(left: str | None, right: str | None, columns: Mapping[str, str] | None = None) -> Likeness:
    """Compare two expressions.

    ``columns`` are the types of the table's columns (as ``format_type`` prints them), where they are known:
    with them a cast of a ``character varying`` that the server has added is seen to change nothing.

    UNKNOWN where one of them does not parse, or where only the catalog knows: which schema a bare name is of,
    which table a bare column is of, what a type makes of a literal.
    """
    scope = Scope(columns={name: kind for name, text in (columns or {}).items() if (kind := _type(text))})
    return _compare(left, right, parse_expression, scope)


def compare_query(left: str | None, right: str | None) -> Likeness:
    """Compare two SELECT statements, as ``compare``; names of output columns count, aliases of tables do not.

    UNKNOWN also where the server writes out what was left to it: the columns of a star, of USING, of NATURAL.
    """
    return _compare(left, right, parse_query, Scope())


def compare_definition(left: str | None, right: str | None) -> Likeness:
    """Compare two definitions of a constraint, as ``pg_get_constraintdef`` prints them, as ``compare``.

    UNKNOWN also where one foreign key names the columns it points at, and the other leaves them to the
    primary key.
    """
    found = _compare(left, right, _parse_constraint, Scope())
    if found is Likeness.DIFFERENT and left is not None and right is not None:
        first, second = _parse_constraint(left), _parse_constraint(right)
        if first and second and ("pk_attrs" in first["Constraint"]) != ("pk_attrs" in second["Constraint"]):
            first, second = ({"Constraint": _without(each["Constraint"], "pk_attrs")} for each in (first, second))
            return max(Likeness.UNKNOWN, likeness(convert(first, Scope()), convert(second, Scope())))
    return found


def compare_keys(left: tuple[str, ...], right: tuple[str, ...]) -> Likeness:
    """Compare the keys of two indexes ("created_at DESC", "lower(email) varchar_ops"), as ``compare``."""
    if len(left) != len(right):
        return Likeness.DIFFERENT
    pairs = zip(left, right, strict=True)
    return max((_compare(*pair, _parse_key, Scope()) for pair in pairs), default=Likeness.EXACT)


def compare_values(left: Any, right: Any) -> Likeness:
    """Compare two values that have one spelling each."""
    return Likeness.EXACT if left == right else Likeness.DIFFERENT


def normal(node: Node) -> Tree:
    """Bring an expression's or a query's parse tree into its normal form: tuples, to be compared or hashed.

    Equal normal forms mean the same; unequal ones may (``compare`` knows more).
    """
    return convert(node, Scope())


def normal_text(text: str) -> str:
    """Print the normal form of an expression, for messages and digests; the text itself if it is none."""
    return _printed(text, parse_expression)


def normal_query(text: str) -> str:
    """Print the normal form of a query, as ``normal_text``."""
    return _printed(text, parse_query)


# What is allowed beside the one target of "select <expression>"
_BARE = {"targetList", "limitOption", "op"}


_SPACE_MATTERS = lazy(r"['\"$]|--")  # in strings, names and after a comment


def _parse(text: str) -> Node | None:
    """Parse one statement; None for a text that is none or several."""
    try:
        statements = msgspec.json.decode(parse_sql_json(text)).get("stmts", ())
    except (ParseError, msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        return None
    return statements[0]["stmt"] if len(statements) == 1 else None


def _parse_constraint(text: str) -> Node | None:
    found = _parse(f"alter table t add {text}")
    commands = found.get("AlterTableStmt", {}).get("cmds", []) if found else []
    definition = commands[0]["AlterTableCmd"].get("def", {}) if len(commands) == 1 else {}
    if "Constraint" not in definition:
        return None
    if "pktable" in definition["Constraint"]:
        table = {"RangeVar": definition["Constraint"]["pktable"]}
        return {"Constraint": definition["Constraint"] | {"pktable": table}}
    return {"Constraint": definition["Constraint"]}


def _without(node: Node, key: str) -> Node:
    return {name: value for name, value in node.items() if name != key}


def _parse_key(text: str) -> Node | None:
    found = _parse(f"create index on t ({text})")
    keys = found.get("IndexStmt", {}).get("indexParams", []) if found else []
    if len(keys) != 1:
        return None
    return keys[0]  # type: ignore[no-any-return]  # a node


def _type(text: str) -> Tree | None:
    found = parse_expression(f"null::{text}")
    return type_tree(found["TypeCast"]["typeName"]) if found and "TypeCast" in found else None


def _compare(left: str | None, right: str | None, parse: Tool, scope: Scope) -> Likeness:
    if left == right:
        return Likeness.EXACT
    if left is None or right is None:
        return Likeness.DIFFERENT
    if left.split() == right.split() and not _SPACE_MATTERS.search(left):
        return Likeness.EXACT
    first, second = parse(left), parse(right)
    if first is None or second is None:
        return Likeness.UNKNOWN
    try:
        if _without_places(first) == _without_places(second):
            return Likeness.EXACT
        return likeness(convert(first, scope), convert(second, scope))
    except RecursionError:
        return Likeness.UNKNOWN


def _without_places(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: _without_places(value) for key, value in node.items() if key not in PLACES}
    return [_without_places(each) for each in node] if isinstance(node, list) else node


def _printed(text: str, parse: Tool) -> str:
    from .normal.printed import printed  # for messages alone

    node = parse(text)
    return text.strip() if node is None else printed(normal(node))
