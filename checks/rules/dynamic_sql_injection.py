"""A function puts a text that its caller gives into SQL and runs it: the caller says what is run.

EXECUTE takes the text as it is. With ``||`` or ``format('%s', ...)`` an argument becomes part of the statement, and
whoever may call the function adds what they like: with the owner's rights, where it is SECURITY DEFINER.

Found are arguments of a text type in EXECUTE of PL/pgSQL, in functions that ``anon`` or ``authenticated`` may call
through the API, that pass neither ``quote_ident``, ``quote_literal`` nor ``format`` with ``%I`` and ``%L``. What goes
through a variable is not followed; a value belongs into USING.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ...schema.objects.function import Function
from ...schema.procedures.plpgsql import signature_of, tree_of
from ..bodies import trees_of
from ..conditions.expressions import bare, function_name, operator
from ..finding import Level
from ..rule import Fault, Rule
from ..schema import Schema
from ..words import listed

rule = Rule(__name__, level=Level.WARN, about=Function)

_TEXTS = ("text", "character varying", "character", "name", "json", "jsonb")
_PLACES = re.compile(r"%(?:(\d+)\$)?[-\d]*([sIL%])")


@rule
def check(function: Function, schema: Schema) -> Iterator[Fault]:
    """Look at what each function that clients may call executes."""
    if function.language != "plpgsql" or function.origin == "platform" or "execute" not in function.source.lower():
        return
    if not all(map(function.knows, ("body", "arguments", "security_definer"))):
        return
    names = {
        each.name for each in function.arguments if each.name and each.mode != "out" and each.type.startswith(_TEXTS)
    }
    found = sorted(set(_injected(function, names))) if names else []
    way = schema.reach(function, privileges=("execute",)) if found else None
    if way is not None:
        rights = f"its owner {function.owner}" if function.security_definer else "whoever calls it"
        yield Fault(
            function,
            f"{function.identity} runs what its caller writes: {listed(found)} becomes part of SQL",
            why=(*way.why, f"what EXECUTE runs has the rights of {rights}"),
            remedy="Give values with USING, and names with format('%I', ...), which quotes them",
        )


def _injected(function: Function, names: set[str]) -> Iterator[str]:
    """The arguments that become part of a text that is executed."""
    tree = tree_of(function.source, signature_of(function))
    for query in _executed(tree or {}):
        for statement in trees_of(f"select {query}") or ():
            for target in statement.get("SelectStmt", {}).get("targetList", ()):
                yield from _parts(target["ResTarget"].get("val"), names, function.name)


def _executed(tree: Any) -> Iterator[str]:
    """The expressions whose text EXECUTE runs."""
    if isinstance(tree, list):
        for each in tree:
            yield from _executed(each)
    elif isinstance(tree, dict):
        for name, node in tree.items():
            if name in {"PLpgSQL_stmt_dynexecute", "PLpgSQL_stmt_dynfors"}:
                yield str(node.get("query", {}).get("PLpgSQL_expr", {}).get("query", ""))
            elif name == "dynquery":
                yield str(node.get("PLpgSQL_expr", {}).get("query", ""))
            yield from _executed(node)


def _parts(node: Any, names: set[str], function: str) -> Iterator[str]:
    """The arguments that stand in a text as they are."""
    node = bare(node)
    if not isinstance(node, dict):
        return
    if "ColumnRef" in node:
        fields = [str(each.get("String", {}).get("sval", "")) for each in node["ColumnRef"]["fields"]]
        if fields[-1] in names and fields[:-1] in ([], [function]):
            yield fields[-1]
    elif "A_Expr" in node and operator(node["A_Expr"]) == "||":
        yield from _parts(node["A_Expr"].get("lexpr"), names, function)
        yield from _parts(node["A_Expr"].get("rexpr"), names, function)
    elif "FuncCall" in node:
        arguments = node["FuncCall"].get("args", [])
        called = function_name(node["FuncCall"])
        if called == "format":
            yield from _formatted(arguments, names, function)
        elif called in {"concat", "lower", "upper", "btrim", "trim", "replace"}:
            for each in arguments:
                yield from _parts(each, names, function)


def _formatted(arguments: list[Any], names: set[str], function: str) -> Iterator[str]:
    """The arguments that format() puts in by %s."""
    pattern = bare(arguments[0]) if arguments else None
    text = pattern.get("A_Const", {}).get("sval", {}).get("sval") if isinstance(pattern, dict) else None
    if text is None:
        yield from _parts(pattern, names, function)
        return
    following = 0
    for place in _PLACES.finditer(str(text)):
        if place[2] == "%":
            continue
        following = int(place[1]) if place[1] else following + 1
        if place[2] == "s" and following < len(arguments):
            yield from _parts(arguments[following], names, function)
