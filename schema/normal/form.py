"""The normal form of an expression or a query: what is left when the ways of writing it are gone.

A pglast tree becomes nested tuples, each with a tag first. What the server rewrites when it stores an
expression is rewritten here (transformExpr and its kind, PostgreSQL src/backend/parser/parse_expr.c): ``IN``
to ``= ANY``, ``BETWEEN`` to comparisons, a cast of an array to casts of its elements; and what does not show
in what is stored (aliases, the names of a sublink's columns, casts of a constant, casts to the type a thing
has anyway) is dropped or kept apart where two trees are compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

from . import literals
from .types import NULL, TEXT, Columns, Node, Tree, cast, string, type_tree, typed


class Relation(msgspec.Struct, frozen=True):
    """What a FROM clause makes visible under one name."""

    name: str
    of_one_column: bool = False  # a function: its alias may be the name of its column


class Scope(msgspec.Struct, frozen=True):
    """What the names in an expression may refer to, the innermost query first.

    ``columns`` gives the types of the columns of the table the expression belongs to, where they are known.
    """

    levels: tuple[tuple[Relation, ...], ...] = ()
    columns: Columns = {}
    merged: Mapping[str, int | None] = {}  # what the innermost query joins USING: which relation it stands for

    def within(self, relations: tuple[Relation, ...], merged: Mapping[str, int | None] | None = None) -> Scope:
        """Step into a query over these; one without FROM sees what surrounds it."""
        return Scope((relations, *self.levels), self.columns, merged or {}) if relations else self


# Constants and casts


def _constant(node: Node, scope: Scope) -> Tree:
    if node.get("isnull"):
        return NULL
    if "ival" in node:
        return ("constant", "number", str(node["ival"].get("ival", 0)), None)
    if "fval" in node:
        text = node["fval"].get("fval", "0")
        whole = text.lstrip("-").isdigit()  # too large for an integer
        return ("constant", "number", literals.number(text) or text, typed("int8" if whole else "numeric"))
    if "boolval" in node:
        return ("constant", "boolean", bool(node["boolval"].get("boolval")), None)
    if "bsval" in node:
        text = node["bsval"].get("bsval", "b")
        if text.startswith("x") and set(text[1:].lower()) <= set("0123456789abcdef"):
            text = "b" + "".join(f"{int(digit, 16):04b}" for digit in text[1:])
        return ("constant", "bits", text[1:], None)
    return ("constant", "string", node["sval"].get("sval", ""), None)


def _type_cast(node: Node, scope: Scope) -> Tree:
    return cast(convert(node["arg"], scope), type_tree(node["typeName"]), scope.columns)


def _array(node: Node, scope: Scope) -> Tree:
    return ("array", tuple(convert(item, scope) for item in node.get("elements", ())), None)


# Operators


def name_of(names: Iterable[Node]) -> Tree:
    """Take a qualified name apart: (schema, name); what is in pg_catalog has no schema."""
    parts = [part["String"].get("sval", "") for part in names]
    schema = parts[-2] if len(parts) > 1 else None
    return (None if schema == "pg_catalog" else schema, parts[-1])


def _operation(name: Tree, left: Tree | None, right: Tree) -> Tree:
    symbol = name[1]
    if left is not None and left[0] == right[0] == "row" and len(left[1]) == len(right[1]):
        if symbol in {"=", "<>"}:
            pairs = [_operation(name, *pair) for pair in zip(left[1], right[1], strict=True)]
            return _joined("and" if symbol == "=" else "or", pairs)
    elif symbol == "=" and left is not None:
        for truth, other in ((right, left), (left, right)):  # x = true is x, and x = false is not x
            if truth[:2] == ("constant", "boolean") and other[0] != "constant":
                return other if truth[2] else ("not", other)
    return ("op", name, left, right)


def _joined(tag: str, items: Iterable[Tree]) -> Tree:
    flat: list[Tree] = []
    for item in items:
        flat.extend(item[1:] if item[0] == tag else [item])
    return flat[0] if len(flat) == 1 else (tag, *flat)


def _boolean(node: Node, scope: Scope) -> Tree:
    items = [convert(item, scope) for item in node["args"]]
    if node["boolop"] == "NOT_EXPR":
        return ("not", items[0])
    return _joined("and" if node["boolop"] == "AND_EXPR" else "or", items)


def _expression(node: Node, scope: Scope) -> Tree:
    kind, name = node["kind"], name_of(node["name"])
    left = convert(node["lexpr"], scope) if "lexpr" in node else None
    if kind in {"AEXPR_OP_ANY", "AEXPR_OP_ALL"} and left is not None:
        if left[0] == "cast" and left[2] == TEXT and _is_varchar_array(node["rexpr"]):
            left = left[1]  # the server's own cast of a varchar that is compared with varchars
        return _quantified("any" if kind == "AEXPR_OP_ANY" else "all", name, left, convert(node["rexpr"], scope))
    if kind in _BETWEENS and left is not None:
        low, high = (convert(item, scope) for item in node["rexpr"]["List"]["items"])
        return _BETWEENS[kind](left, low, high)
    if kind == "AEXPR_IN" and left is not None:
        return _in_list(name, left, [convert(item, scope) for item in node["rexpr"]["List"]["items"]])
    right = convert(node["rexpr"], scope)
    if kind in {"AEXPR_DISTINCT", "AEXPR_NOT_DISTINCT"} and left is not None:
        return _distinct(kind == "AEXPR_DISTINCT", left, right)
    if kind == "AEXPR_NULLIF":
        return ("nullif", left, right)
    return _operation(name, left, right)


def _is_varchar_array(node: Node) -> bool:
    """Whether a tree is ``(ARRAY['a'::character varying, ...])::text[]``."""
    outer = node.get("TypeCast")
    if not outer or type_tree(outer["typeName"]) != (*TEXT[:4], True) or "A_ArrayExpr" not in outer["arg"]:
        return False
    kinds = [
        type_tree(item["TypeCast"]["typeName"]) if "A_Const" in item.get("TypeCast", {}).get("arg", ()) else None
        for item in outer["arg"]["A_ArrayExpr"].get("elements", ())
    ]
    return bool(kinds) and set(kinds) == {typed("varchar")}


def _quantified(tag: str, name: Tree, left: Tree, right: Tree) -> Tree:
    if right[:2] == ("constant", "string") and right[3] is None:
        items = literals.array(right[2])
        right = right if items is None else ("array", tuple(string(item) for item in items), None)
    if right[0] == "array" and len(right[1]) == 1 and right[1][0][0] != "array":
        return _operation(name, left, right[1][0])
    return (tag, name, left, right)


def _in_list(name: Tree, left: Tree, items: list[Tree]) -> Tree:
    """As transformAExprIn: what reads no column becomes one array, the rest is compared one by one."""
    among = name[1] == "="
    fixed = [item for item in items if not _reads_column(item) and item[0] != "row"]
    tests: list[Tree] = []
    if len(fixed) > 1:
        tests.append(("any" if among else "all", name, left, ("array", tuple(fixed), None)))
        items = [item for item in items if item not in fixed]
    tests.extend(_operation(name, left, item) for item in items)
    return _joined("or" if among else "and", tests)


def _reads_column(tree: Any) -> bool:
    """Whether a column of the query itself is read; those of a sublink's own tables do not count."""
    if not isinstance(tree, tuple) or not tree or tree[0] == "sublink":
        return False
    return tree[0] in {"column", "star"} or any(_reads_column(each) for each in tree)


def _distinct(distinct: bool, left: Tree, right: Tree) -> Tree:
    for null, other in ((right, left), (left, right)):
        if null == NULL:  # an undecorated NULL alone
            return ("null test", "IS_NOT_NULL" if distinct else "IS_NULL", other)
    tree: Tree = ("distinct", left, right)
    if left[0] == right[0] == "row" and len(left[1]) == len(right[1]):
        pairs = zip(left[1], right[1], strict=True)
        tree = _joined("or", [_distinct(True, *pair) for pair in pairs])
    return tree if distinct else ("not", tree)


def _compare(symbol: str) -> Callable[[Tree, Tree], Tree]:
    return lambda left, right: _operation((None, symbol), left, right)


_at_least, _at_most, _below, _above = _compare(">="), _compare("<="), _compare("<"), _compare(">")


def _between(value: Tree, low: Tree, high: Tree) -> Tree:
    return _joined("and", (_at_least(value, low), _at_most(value, high)))


def _not_between(value: Tree, low: Tree, high: Tree) -> Tree:
    return _joined("or", (_below(value, low), _above(value, high)))


_BETWEENS: dict[str, Callable[[Tree, Tree, Tree], Tree]] = {
    "AEXPR_BETWEEN": _between,
    "AEXPR_NOT_BETWEEN": _not_between,
    "AEXPR_BETWEEN_SYM": lambda v, low, high: _joined("or", (_between(v, low, high), _between(v, high, low))),
    "AEXPR_NOT_BETWEEN_SYM": lambda v, low, high: _joined(
        "and", (_not_between(v, low, high), _not_between(v, high, low))
    ),
}


# Names


def _column(node: Node, scope: Scope) -> Tree:
    """Say which column it is: ("column", where, name, whole).

    ``where`` is the relation and not what it is called: "" where there is but the one table outside, "?" where
    it is not said, "using" where it is of two, ("outer", name) for the table outside, else how
    many queries up and which of its relations. ``whole`` is the relation of this very name, and whether it is a
    function of one column: the bare name of a table is its row, that of such a function is its column.
    """
    fields = node["fields"]
    names = [field["String"].get("sval", "") for field in fields if "String" in field]
    if "A_Star" in fields[-1]:
        return ("star", _where(names[-1], scope)[0] if names else "")
    if len(names) == 1:
        whole = _where(names[0], scope)
        where: Any = "?" if scope.levels else ""
        if names[0] in scope.merged:
            index = scope.merged[names[0]]
            where = "using" if index is None else (0, index)
        return ("column", where, names[0], None if whole[0][0] == "outer" else whole)
    where, of_one_column = _where(names[-2], scope)
    name = None if of_one_column and names[-2] == names[-1] else names[-1]  # unnest(x) as u: u.u is all it has
    return ("column", where, name, None)


def _where(qualifier: str, scope: Scope) -> tuple[Tree, bool]:
    for up, relations in enumerate(scope.levels):
        for index, relation in enumerate(relations):
            if relation.name == qualifier:
                return (up, index), relation.of_one_column
    return ("outer", qualifier), False


def _call(node: Node, scope: Scope) -> Tree:
    rest = {key: each for key, each in node.items() if key not in {"funcname", "args", "funcformat", "location"}}
    written = node.get("args", ())
    if node.get("func_variadic") and "A_ArrayExpr" in written[-1]:  # as the server prints f(1, 2) of a variadic f
        written = (*written[:-1], *written[-1]["A_ArrayExpr"].get("elements", ()))
        del rest["func_variadic"]
    args = tuple(convert(arg, scope) for arg in written)
    return ("call", name_of(node["funcname"]), args, fields_of(rest, scope))


def _indirection(node: Node, scope: Scope) -> Tree:
    """Take ((row).field).other for (row).field.other, as the server prints it."""
    value, steps = node["arg"], tuple(node["indirection"])
    while "A_Indirection" in value:
        inner = value["A_Indirection"]
        value, steps = inner["arg"], (*inner["indirection"], *steps)
    return ("node", "A_Indirection", *fields_of({"arg": value, "indirection": list(steps)}, scope))


_VALUE_FUNCTIONS = {
    "SVFOP_CURRENT_TIMESTAMP": "now",
    "SVFOP_CURRENT_USER": "current_user",
    "SVFOP_CURRENT_ROLE": "current_user",
    "SVFOP_USER": "current_user",
}


def _value_function(node: Node, scope: Scope) -> Tree:
    name = _VALUE_FUNCTIONS.get(node["op"])
    return ("call", (None, name), (), ()) if name else ("value", node["op"], node.get("typmod", -1))


def _case(node: Node, scope: Scope) -> Tree:
    whens = [each["CaseWhen"] for each in node["args"]]
    return (
        "case",
        convert(node["arg"], scope) if "arg" in node else None,
        tuple((convert(when["expr"], scope), convert(when["result"], scope)) for when in whens),
        convert(node["defresult"], scope) if "defresult" in node else NULL,
    )


def sort_by(body: Node, tree: Tree, scope: Scope) -> Tree:
    """Spell out the defaults of an item of ORDER BY: NULLS LAST, and NULLS FIRST with DESC."""
    descending = body.get("sortby_dir") == "SORTBY_DESC"
    nulls = body["sortby_nulls"]
    nulls_first = descending if nulls == "SORTBY_NULLS_DEFAULT" else nulls == "SORTBY_NULLS_FIRST"
    return ("sort", tree, descending, nulls_first, value_of(body.get("useOp", []), scope))


def _index_key(node: Node, scope: Scope) -> Tree:
    """Bring a key of an index into its normal form, its order spelt out."""
    plain = {"ColumnRef": {"fields": [{"String": {"sval": node["name"]}}]}} if "name" in node else node["expr"]
    order = {"sortby_dir": node.get("ordering"), "sortby_nulls": node["nulls_ordering"]}
    collation, operators = (name_of(node[key]) if key in node else None for key in ("collation", "opclass"))
    options = value_of(node.get("opclassopts", []), scope)
    return ("key", sort_by(order, convert(plain, scope), scope), collation, operators, options)


def relation(node: Node) -> Tree:
    """Bring a table into its normal form: its name, and what its alias calls its columns."""
    columns = tuple(part["String"]["sval"] for part in node.get("alias", {}).get("colnames", ()))
    return ("relation", (node.get("schemaname"), node.get("relname", "")), bool(node.get("inh")), columns)


# Everything else, by its fields

PLACES = frozenset({"location", "list_start", "list_end", "rexpr_list_start", "rexpr_list_end", "name_location"})


def fields_of(node: Node, scope: Scope) -> Tree:
    """List a node's fields in their normal form, (".name", value), sorted, without places in the text."""
    return tuple((f".{key}", value_of(each, scope)) for key, each in sorted(node.items()) if key not in PLACES)


def value_of(value: Any, scope: Scope) -> Any:
    """Bring what one field holds into its normal form: a node, a list or a plain value."""
    if isinstance(value, list):
        return ("list", *(value_of(item, scope) for item in value))
    return convert(value, scope) if isinstance(value, dict) else value


def convert(node: Node, scope: Scope) -> Tree:
    """Bring any node into its normal form: by its converter, else field by field."""
    if len(node) == 1:
        tag, body = next(iter(node.items()))
        if tag[0].isupper() and isinstance(body, dict):
            convert = _CONVERTERS.get(tag)
            return convert(body, scope) if convert else ("node", tag, *fields_of(body, scope))
    return ("fields", *fields_of(node, scope))


def _query(node: Node, scope: Scope) -> Tree:
    from .query import select  # it builds on this module

    return select(node, scope)


def _sublink(node: Node, scope: Scope) -> Tree:
    from .query import sublink  # as above

    return sublink(node, scope)


_CONVERTERS: dict[str, Callable[[Node, Scope], Tree]] = {
    "A_ArrayExpr": _array,
    "A_Const": _constant,
    "A_Expr": _expression,
    "BoolExpr": _boolean,
    "CaseExpr": _case,
    "CollateClause": lambda node, scope: ("collate", convert(node["arg"], scope), name_of(node["collname"])),
    "ColumnRef": _column,
    "A_Indirection": _indirection,
    "FuncCall": _call,
    "IndexElem": _index_key,
    "NullTest": lambda node, scope: ("null test", node["nulltesttype"], convert(node["arg"], scope)),
    "RangeVar": lambda node, _: relation(node),
    "RowExpr": lambda node, scope: ("row", tuple(convert(arg, scope) for arg in node.get("args", ()))),
    "SQLValueFunction": _value_function,
    "SelectStmt": _query,
    "SortBy": lambda node, scope: sort_by(node, convert(node["node"], scope), scope),
    "String": lambda node, _: ("name", node.get("sval", "")),
    "SubLink": _sublink,
    "TypeCast": _type_cast,
    "TypeName": lambda node, _: type_tree(node),
}
