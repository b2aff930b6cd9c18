"""The normal form as text: near to SQL, always the same for the same form; for messages and digests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..names import print_type, quote_ident, quote_literal

if TYPE_CHECKING:
    from .types import Tree

_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def printed(tree: Any, depth: int = 0) -> str:
    """Print a normal form; ``depth`` is how many queries it stands in.

    Tables of queries are called a1, b1 ... (a2 in a query within), as their own names and aliases do not
    count. A constant's type is left out.
    """
    match tree:
        case ("constant", form, value, _):
            return _constant(form, value)
        case ("column", where, name, _):
            return _place(where, depth) + (quote_ident(name) if name is not None else "value")
        case ("star", ("outer", name)):
            return quote_ident(name)  # the one row: the same as the table's bare name
        case ("star", where):
            return _place(where, depth) + "*"
        case ("type", *_):
            return _type(tree)
        case ("cast", arg, kind):
            return f"({printed(arg, depth)})::{_type(kind)}"
        case ("array", items, _):
            return f"array[{_joined(items, depth)}]"
        case ("row", items):
            return f"row({_joined(items, depth)})"
        case ("and" | "or" as word, *items):
            return "(" + f" {word} ".join(printed(item, depth) for item in items) + ")"
        case ("not", arg):
            return f"(not {printed(arg, depth)})"
        case ("null test", test, arg):
            return f"({printed(arg, depth)} {test.lower().replace('_', ' ')})"
        case ("distinct", left, right):
            return f"({printed(left, depth)} is distinct from {printed(right, depth)})"
        case ("nullif", left, right):
            return f"nullif({printed(left, depth)}, {printed(right, depth)})"
        case ("op", name, left, right):
            sides = [_divided(side, depth) if name[1] == "/" else printed(side, depth) for side in (left, right)]
            return f"({' '.join([*sides[:1], name[1], sides[1]] if left is not None else [name[1], sides[1]])})"
        case ("any" | "all" as word, name, left, right):
            return f"({printed(left, depth)} {name[1]} {word} ({printed(right, depth)}))"
        case ("collate", arg, name):
            return f"({printed(arg, depth)} collate {_name(name)})"
        case ("call", name, args, extras):
            return f"{_name(name)}({_joined((*args, *extras), depth)})"
        case ("case", arg, whens, otherwise):
            start = "case" if arg is None else f"case {printed(arg, depth)}"
            arms = "".join(f" when {printed(when, depth)} then {printed(then, depth)}" for when, then in whens)
            return f"{start}{arms} else {printed(otherwise, depth)} end"
        case ("sublink", "EXPR_SUBLINK", _, _, query):
            return printed(query, depth)
        case ("sublink", kind, test, name, query):
            before = "" if test is None else f"{printed(test, depth)} {name[1]} "
            return f"({before}{kind.removesuffix('_SUBLINK').lower()} {printed(query, depth)})"
        case ("select", *fields):
            return _select(dict(fields), depth)
        case ("target", name, value):
            return printed(value, depth) + (f" as {quote_ident(name)}" if name else "")
        case ("join", kind, using, left, right, condition):
            on = "" if condition is None else f" on {printed(condition, depth)}"
            columns = f" using {using}" if any(using) else ""
            word = kind.removeprefix("JOIN_").lower()
            return f"({printed(left, depth)} {word} join {printed(right, depth)}{columns}{on})"
        case ("sort", value, descending, nulls_first, _):
            return printed(value, depth) + (" desc" if descending else "") + (" nulls first" if nulls_first else "")
        case ("list", *items):
            return _joined(items, depth)
        case ("relation", name, _, _):
            return _name(name)
        case ("node", tag, *fields):
            return f"{tag}({_joined(fields, depth)})"
        case (str(name), value) if name.startswith("."):
            return _field(name, value, depth)
        case tuple():
            return f"({_joined(tree, depth)})"
    return "" if tree is None else str(tree)


_CLAUSES = {
    ".distinctClause": "distinct",
    ".targetList": "",
    ".fromClause": "from",
    ".whereClause": "where",
    ".groupClause": "group by",
    ".havingClause": "having",
    ".sortClause": "order by",
    ".limitCount": "limit",
    ".limitOffset": "offset",
}


def _select(fields: dict[str, Any], depth: int) -> str:
    inner = depth + (len(fields.get(".fromClause", ())) > 1)
    known = [
        f"{word} {printed(fields[name], inner)}"
        for name, word in _CLAUSES.items()
        if fields.get(name, ("list",)) != ("list",)
    ]
    others = [_field(name, value, inner) for name, value in fields.items() if name not in _CLAUSES]
    return "(select " + " ".join(part.strip() for part in [*known, *others]) + ")"


def _divided(tree: Any, depth: int) -> str:
    """Print what is divided: 1 and 1.0 are the same elsewhere."""
    match tree:
        case ("constant", "number", value, ("type", _, "numeric" | "float4" | "float8", *_)):
            return f"{value}::numeric"
    return printed(tree, depth)


def _field(name: str, value: Any, depth: int) -> str:
    return f"{name[1:]} {printed(value, depth)}"


def _joined(items: Any, depth: int) -> str:
    return ", ".join(printed(item, depth) for item in items)


def _constant(form: str, value: Any) -> str:
    if form == "string":
        return quote_literal(value)
    if form == "bits":
        return f"b'{value}'"
    return {None: "null", True: "true", False: "false"}.get(value, str(value)) if form != "number" else str(value)


def _name(name: Tree) -> str:
    schema, last = name
    return (
        quote_ident(last) if schema in {None, "public", "extensions"} else f"{quote_ident(schema)}.{quote_ident(last)}"
    )


def _type(kind: Tree) -> str:
    _, schema, name, modifiers, is_array = kind
    known = None if schema in {"public", "extensions"} else schema
    return print_type(known, name, modifiers, int(is_array))


def _place(where: Any, depth: int) -> str:
    match where:
        case ("outer", name) if depth or name in {"new", "old"}:
            return f"{quote_ident(name)}."
        case (int(up), int(index)):
            return f"{_LETTERS[index % len(_LETTERS)]}{depth - up}."
    return ""
