"""A policy calls an auth function, or ``current_setting()``, for every row instead of once.

Within ``(select ...)`` PostgreSQL evaluates the call once per statement; on a large table that is the
difference between milliseconds and minutes.

Found is what the Advisor finds (splinter 0003), which matches the text of the expression as the server
prints it. It takes one wrapped call for all calls of the same function to be wrapped, and does not see that
``(select auth.jwt() ->> 'role')`` is wrapped: write ``(select auth.jwt()) ->> 'role'``.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...schema.objects.policy import Policy
from ..conditions.printed import AUTH_CALLS, bare_calls
from ..finding import Level
from ..rule import Fault, Rule
from ..schema import RESERVED_SCHEMAS, Schema
from ..topic import Topic
from ..words import listed

rule = Rule(__name__, level=Level.WARN, about=Policy, splinter="0003_auth_rls_initplan", topic=Topic.PERFORMANCE)
rule.where(bare_calls)

_LOOKED_AT = {"realtime"}  # policies on realtime.messages are watched as well


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
        if text is not None and policy.knows(attribute):
            bare.update(dict.fromkeys(bare_calls(text)))
    if bare:
        names = sorted(bare, key=AUTH_CALLS.index)
        example = "current_setting(...)" if names[0] == "current_setting(" else names[0]
        said = listed(f"{name.partition('(')[0]}()" for name in names)
        yield Fault(
            policy,
            f'policy "{policy.name}" on {policy.table} calls {said} for every row',
            remedy=f"Write (select {example}) instead of {example}: it is then evaluated once per statement",
            cache_keys=(f"auth_rls_init_plan_{table.schema}_{table.name}_{policy.name}",),
        )
