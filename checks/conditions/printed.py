"""Expressions as the server prints them: what splinter's lints, which match that text, can find in it.

The whole text cannot be had without a server; what the lints look for can: the calls, names and constants
that it holds, and their order, are those of the expression as written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import msgspec

from ...schema.names import quote_ident
from .expressions import Node, parsed

# The calls that splinter 0003 looks for, as it spells them
AUTH_CALLS = ("auth.uid()", "auth.jwt()", "auth.role()", "auth.email()", "current_setting(")

# Most policies are right, and seen to be so without a parser.
_WRAPPED = re.compile(r"\(\s*select\s+auth\.[a-z]+\(\s*\)\s*\)", re.IGNORECASE)
_MARK = re.compile(r"auth|current_setting", re.IGNORECASE)


@lru_cache(maxsize=1024)  # policies say the same again and again
def may_be_bare(text: str) -> bool:
    """Whether an expression may hold an auth call that is not just ``(select auth.uid())``."""
    return _MARK.search(without_callers(text)) is not None


@lru_cache(maxsize=1024)  # several rules ask
def without_callers(text: str) -> str:
    """An expression without what is just ``(select auth.uid())`` in it."""
    return _WRAPPED.sub("", text)


class Printed(msgspec.Struct, frozen=True):
    """A piece of an expression: its text as printed, and whether it stands right behind a SELECT.

    Of a call the text ends in its parenthesis, ``auth.uid()`` or ``current_setting(``; of a constant it is
    what stands between the quotes.
    """

    text: str
    selected: bool = False
    called: bool = False


@lru_cache(maxsize=4096)
def printed(text: str) -> tuple[Printed, ...]:
    """The calls, names and string constants of an expression, in the order in which they stand in it."""
    found = sorted(_pieces(parsed(text), first=frozenset()), key=lambda piece: piece[0])
    return tuple(piece for _, piece in found)


def _pieces(node: Any, first: frozenset[int]) -> Iterator[tuple[int, Printed]]:
    if isinstance(node, list):
        for each in node:
            yield from _pieces(each, first)
    elif isinstance(node, dict):
        if "targetList" in node and "distinctClause" not in node:
            first = first | {id(_target(node))}
        for name, value in node.items():
            if isinstance(value, dict):
                for piece in _READ.get(name, _nothing)(value, id(value) in first):
                    yield value.get("location", 0), piece
            yield from _pieces(value, first)


# What the calls return that splinter looks for: a cast to it is not printed.
_RETURNS = {"uid": "uuid", "jwt": "jsonb", "role": "text", "email": "text", "current_setting": "text"}


def _target(select: Node) -> Node:
    """The call that a SELECT begins with, where it is one."""
    value = select["targetList"][0].get("ResTarget", {}).get("val", {})
    kind = None
    if "TypeCast" in value:
        kind = value["TypeCast"]["typeName"]["names"][-1]["String"].get("sval")
        value = value["TypeCast"].get("arg", {})
    call: Node = value.get("FuncCall", {})
    if kind is not None and (not call or _RETURNS.get(call["funcname"][-1]["String"].get("sval")) != kind):
        return {}
    return call


def _nothing(_: Node, __: bool) -> Iterator[Printed]:
    return iter(())


def _call(node: Node, selected: bool) -> Iterator[Printed]:
    parts = [part["String"].get("sval", "") for part in node.get("funcname", ()) if "String" in part]
    name = ".".join(map(quote_ident, parts[1:] if parts[:1] == ["pg_catalog"] else parts))
    arguments = node.get("args") or node.get("agg_star")
    yield Printed(name + ("(" if arguments else "()"), selected, called=True)


def _constant(node: Node, _: bool) -> Iterator[Printed]:
    if "sval" in node:
        yield Printed(node["sval"].get("sval", ""))


def _column(node: Node, _: bool) -> Iterator[Printed]:
    yield from (Printed(part["String"].get("sval", "")) for part in node.get("fields", ()) if "String" in part)


def _relation(node: Node, _: bool) -> Iterator[Printed]:
    yield Printed(f"{node.get('relname', '')} {node.get('alias', {}).get('aliasname', '')}")


def _output(node: Node, _: bool) -> Iterator[Printed]:
    if "name" in node:
        yield Printed(node["name"])


_READ = {
    "FuncCall": _call,
    "A_Const": _constant,
    "ColumnRef": _column,
    "RangeVar": _relation,
    "ResTarget": _output,
}


def follows(text: str, *patterns: str) -> bool:
    """Whether pieces that match these regular expressions stand in an expression, in this order."""
    left = list(patterns)
    for piece in printed(text):
        while left and re.search(left[0], piece.text, re.DOTALL):
            del left[0]
    return not left


@lru_cache(maxsize=4096)
def unwrapped(text: str) -> tuple[str, ...]:
    """Which of the auth calls stand in an expression, and nowhere in it right behind a SELECT."""
    found = printed(text)
    return tuple(
        call
        for call in AUTH_CALLS
        if any(_has(piece, call) for piece in found) and not any(_wraps(piece, call) for piece in found)
    )


def bare_calls(text: str) -> tuple[str, ...]:
    """The same; most expressions are seen to have none without a parser."""
    return unwrapped(text) if may_be_bare(text) else ()


def _has(piece: Printed, call: str) -> bool:
    return piece.text.endswith(call) if piece.called else call in piece.text


def _wraps(piece: Printed, call: str) -> bool:
    return (piece.selected and piece.text == call) if piece.called else f"select {call}" in piece.text.lower()
