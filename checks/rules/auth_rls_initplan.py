"""A policy calls an auth function, or ``current_setting()``, for every row instead of once.

Within ``(select ...)`` PostgreSQL evaluates the call once per statement; on a large table that is the
difference between milliseconds and minutes.

Found is what the Advisor finds (splinter 0003), which matches the text of the expression as the server
prints it. It takes one wrapped call for all calls of the same function to be wrapped, and does not see that
``(select auth.jwt() ->> 'role')`` is wrapped: write ``(select auth.jwt()) ->> 'role'``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...schema.objects.policy import Policy
from ..finding import Level
from ..printed import Printed, printed
from ..rule import Fault, Rule
from ..schema import RESERVED_SCHEMAS, Schema
from ..topic import Topic
from ..words import listed

rule = Rule(__name__, level=Level.WARN, about=Policy, splinter="0003_auth_rls_initplan", topic=Topic.PERFORMANCE)

_CALLS = ("auth.uid()", "auth.jwt()", "auth.role()", "auth.email()", "current_setting(")
_LOOKED_AT = {"realtime"}  # policies on realtime.messages are watched as well

# Most policies are right, and seen to be so without a parser.
_WRAPPED = re.compile(r"\(\s*select\s+auth\.[a-z]+\(\s*\)\s*\)", re.IGNORECASE)
_MARK = re.compile(r"auth|current_setting", re.IGNORECASE)


@rule
def check(policy: Policy, schema: Schema) -> Iterator[Fault]:
    """Look for calls without a ``(select ...)`` of their own."""
    table = schema.table_of(policy)
    if table is None or table.schema in RESERVED_SCHEMAS - _LOOKED_AT:
        return
    if not table.knows("row_security") or not table.row_security:
        return
    bare: dict[str, None] = {}
    for attribute, text in (("using", policy.using), ("check", policy.check)):
        if text is not None and policy.knows(attribute) and _MARK.search(_WRAPPED.sub("", text)):
            bare.update(dict.fromkeys(_bare(text)))
    if bare:
        names = sorted(bare, key=_CALLS.index)
        example = "current_setting(...)" if names[0] == "current_setting(" else names[0]
        said = listed(f"{name.partition('(')[0]}()" for name in names)
        yield Fault(
            policy,
            f'policy "{policy.name}" on {policy.table} calls {said} for every row',
            remedy=f"Write (select {example}) instead of {example}: it is then evaluated once per statement",
            cache_keys=(f"auth_rls_init_plan_{table.schema}_{table.name}_{policy.name}",),
        )


def _bare(text: str) -> list[str]:
    """The calls that stand in an expression, and nowhere in it right behind a SELECT."""
    pieces = printed(text)
    return [call for call in _CALLS if any(_has(p, call) for p in pieces) and not any(_wraps(p, call) for p in pieces)]


def _has(piece: Printed, call: str) -> bool:
    return piece.text.endswith(call) if piece.called else call in piece.text


def _wraps(piece: Printed, call: str) -> bool:
    return (piece.selected and piece.text == call) if piece.called else f"select {call}" in piece.text.lower()
