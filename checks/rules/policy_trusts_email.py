"""A policy lets somebody through by the e-mail address in their token.

An address is no identity: users change it, letters are compared as they are written, a token keeps the old one until
it expires, and where addresses need not be confirmed anybody may take one that is not theirs.

Found are comparisons of ``auth.email()``, or of the token's claim ``email``, with a column, a constant or what a
sub-select gives. ``auth.uid()``, or a table of members, serves.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...schema.objects.policy import Policy
from ..conditions.expressions import bare, function_name, is_claims, named, operator, texts
from ..finding import Level
from ..rule import Fault, Rule
from ..schema import Schema

rule = Rule(__name__, level=Level.WARN, about=Policy)

_EQUAL = {"=", "~~", "~~*", "~", "~*"}
_LETTERS = {"lower", "upper", "btrim"}


@rule
def check(policy: Policy, schema: Schema) -> Iterator[Fault]:
    """Look for addresses that are compared."""
    table = schema.table_of(policy)
    if table is None or not policy.permissive or not table.row_security:
        return
    for attribute, text in (("using", policy.using), ("check", policy.check)):
        if text and policy.knows(attribute) and _compares(text):
            yield Fault(
                policy,
                f'policy "{policy.name}" on {policy.table} trusts the e-mail address of the token',
                why=(
                    "an address can be changed, and may be unconfirmed; the token keeps the old one until it expires",
                ),
                remedy="Compare auth.uid() with a column that holds the user's id, or look it up in a table of members",
            )
            return


@rule.where
def _compares(text: str) -> bool:
    """Whether the token's address decides a comparison."""
    if "email" not in text:
        return False
    tests = [node for node in named(text, "A_Expr") if operator(node) in _EQUAL]
    sides = [node.get(side) for node in tests for side in ("lexpr", "rexpr")]
    return any(map(_is_email, (*sides, *(node.get("testexpr") for node in named(text, "SubLink")))))


def _is_email(node: Any) -> bool:
    node = bare(node)
    if not isinstance(node, dict):
        return False
    if "FuncCall" in node:
        called = function_name(node["FuncCall"])
        return called == "auth.email" or (called in _LETTERS and _is_email((node["FuncCall"].get("args") or [None])[0]))
    test = node.get("A_Expr", {})
    return (
        bool(test)
        and operator(test) == "->>"
        and texts(test.get("rexpr")) == ["email"]
        and is_claims(test.get("lexpr"))
    )
