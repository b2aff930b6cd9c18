"""Types of normal forms, as far as they are certain without a catalog, and the casts that change nothing.

A type is a tuple: ("type", schema or None for a built-in or unsaid one, typname, modifiers, whether an array).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..names import interval_fields, type_parts
from . import literals

Node = Mapping[str, Any]
Tree = tuple[Any, ...]
Columns = Mapping[str, Tree]  # the types of columns, by their names

TEXT: Tree = ("type", None, "text", (), False)
NULL: Tree = ("constant", "null", None, None)
_BOOLEAN: Tree = ("type", None, "bool", (), False)
_TEXT_FAMILY = frozenset({"text", "varchar"})
COMPARISONS = frozenset(
    {
        "=",
        "<>",
        "<",
        ">",
        "<=",
        ">=",
        "~~",
        "!~~",
        "~~*",
        "!~~*",
        "~",
        "!~",
        "~*",
        "!~*",
        "@>",
        "<@",
        "&&",
        "?",
    }
)


def typed(name: str, array: bool = False) -> Tree:
    """Name a built-in type."""
    return ("type", None, name, (), array)


# Functions by the type they return whatever they are given; without a schema: of pg_catalog or extensions
_FUNCTIONS_BY_RESULT: dict[tuple[str, bool], str] = {
    ("text", False): "btrim concat concat_ws current_setting format initcap left ltrim md5 quote_ident "
    "quote_literal regexp_replace repeat replace right rtrim split_part to_char translate "
    "auth.email auth.role storage.extension storage.filename",
    ("text", True): "string_to_array storage.foldername",
    ("uuid", False): "gen_random_uuid uuid_generate_v4 uuid_generate_v1 auth.uid",
    ("timestamptz", False): "now transaction_timestamp clock_timestamp",
    ("jsonb", False): "to_jsonb jsonb_build_object jsonb_build_array auth.jwt",
    ("int4", False): "array_length cardinality char_length strpos",
    ("int8", False): "count",
}
_RESULTS: dict[tuple[str | None, str], Tree] = {
    (name.rpartition(".")[0] or None, name.rpartition(".")[2]): typed(*kind)
    for kind, names in _FUNCTIONS_BY_RESULT.items()
    for name in names.split()
}


def type_tree(node: Node) -> Tree:
    """Bring a ``TypeName`` node into its normal form."""
    schema, name, modifiers, dimensions = type_parts(node)
    if name == "numeric" and len(modifiers) == 1:
        modifiers = (*modifiers, 0)
    return ("type", None if schema == "pg_catalog" else schema, name, modifiers, dimensions > 0)


def is_text(kind: Tree | None) -> bool:
    """Whether a type is text or varchar, between which a cast changes nothing."""
    return kind is not None and kind[1] is None and kind[2] in _TEXT_FAMILY and not kind[4]


def type_of(tree: Tree, columns: Columns | None = None) -> Tree | None:
    """Find the type an expression has for certain, or None."""
    match tree:
        case ("constant", "number", _, None):
            return typed("int4")
        case ("constant", "boolean", *_) | (
            "and" | "or" | "not" | "null test" | "distinct" | "any" | "all",
            *_,
        ):
            return _BOOLEAN
        case ("constant", _, _, kind) | ("cast", _, kind):
            return kind  # type: ignore[no-any-return]  # the tuple's own place for it
        case ("column", "" | ("outer", _), name, _):
            return columns.get(name) if columns else None
        case ("call", (schema, name), *_):
            return _RESULTS.get((None if schema == "extensions" else schema, name))
        case ("op", (_, name), left, right):
            return _type_of_operator(name, left, right, columns)
        case (
            "node",
            "A_Indirection",
            (".arg", arg),
            (".indirection", ("list", ("node", "A_Indices", (field, _)))),
        ):
            kind = type_of(arg, columns)
            return (*kind[:4], False) if kind and kind[4] and field == ".uidx" else None
        case ("node", "CoalesceExpr", (".args", ("list", *items))):
            kinds = {type_of(item, columns) for item in items if item[:2] != ("constant", "string")}
            return kinds.pop() if len(kinds) == 1 else None
        case ("sublink", "EXPR_SUBLINK", _, _, ("select", *fields)):
            targets = dict(fields).get(".targetList", ())
            return type_of(targets[1][2], columns) if len(targets) == 2 and targets[1][0] == "target" else None
    return None


def _type_of_operator(name: str, left: Tree | None, right: Tree, columns: Columns | None) -> Tree | None:
    if name in {"->>", "#>>"}:
        return TEXT
    if name in COMPARISONS:
        return _BOOLEAN
    if name == "||" and left is not None:
        sides = [type_of(side, columns) for side in (left, right)]
        literal = [side[:2] == ("constant", "string") and side[3] is None for side in (left, right)]
        if all(is_text(kind) or plain for kind, plain in zip(sides, literal, strict=True)) and not all(literal):
            return TEXT
    return None


# Casts


def cast(tree: Tree, kind: Tree, columns: Columns) -> Tree:
    """Cast an expression, leaving out a cast that changes nothing and taking in one of a constant."""
    if tree[0] == "constant":
        return _cast_constant(tree, kind)
    if tree[0] == "array" and kind[4]:
        element: Tree = (*kind[:4], False)
        items = [cast(item, kind if item[0] == "array" else element, columns) for item in tree[1]]
        return ("array", tuple(items), element)
    have = type_of(tree, columns)
    if have is not None and (have == kind or (is_text(have) and is_text(kind) and not kind[3])):
        return tree
    if have is not None and _widens(have, kind):
        return tree
    return ("cast", tree, kind)


def _widens(have: Tree, kind: Tree) -> bool:
    """Whether a cast makes a whole number's type larger, and nothing else of it."""
    sizes = ("int2", "int4", "int8")
    both_whole = have[1] is kind[1] is None and have[2] in sizes and kind[2] in sizes and not (have[4] or kind[4])
    return both_whole and sizes.index(have[2]) < sizes.index(kind[2])


def _cast_constant(tree: Tree, kind: Tree) -> Tree:
    _, form, value, have = tree
    _, schema, name, modifiers, is_array = kind
    built_in = schema is None and not is_array
    if form == "null" and have is None:
        return ("constant", form, value, kind)
    if form == "string" and have is None:
        if is_array and (items := literals.array(value)) is not None:
            element: Tree = (*kind[:4], False)
            return ("array", tuple(_cast_constant(string(item), element) for item in items), element)
        if built_in and name in literals.NUMBERS and (digits := literals.number(value)) is not None:
            return _cast_constant(("constant", "number", digits, typed(name)), kind)
        if built_in and name == "bool" and (truth := literals.boolean(value)) is not None:
            return ("constant", "boolean", truth, None)
        if built_in and name == "bit" and set(value) <= {"0", "1"}:
            return ("constant", "bits", value, None)
        if built_in and name == "interval" and modifiers and value.strip().isdigit():
            units = interval_fields(modifiers[0]) if isinstance(modifiers[0], int) else []  # interval '1' hour
            return ("constant", form, f"{value.strip()} {units[-1] if units else 'second'}", kind)
        if is_text(kind) and modifiers:
            fits = isinstance(modifiers[0], int) and len(value) <= modifiers[0]
            return ("constant", form, value, typed(name)) if fits else ("cast", tree, kind)
        return ("constant", form, value, kind)
    if form == "string" and (have == kind or (is_text(have) and is_text(kind))):
        fits = not modifiers or (isinstance(modifiers[0], int) and len(value) <= modifiers[0])
        return ("constant", form, value, typed(name)) if fits else ("cast", tree, kind)
    if form == "number" and built_in and name in literals.NUMBERS and not modifiers:
        whole = "." not in value
        return ("constant", form, value, kind) if whole or name not in literals.INTEGERS else ("cast", tree, kind)
    if (form == "boolean" and kind == _BOOLEAN) or (form == "bits" and built_in and name == "bit" and not modifiers):
        return tree
    return ("cast", tree, kind)


def string(text: str | None) -> Tree:
    """Make a string constant without a type; None makes a NULL."""
    return NULL if text is None else ("constant", "string", text, None)
