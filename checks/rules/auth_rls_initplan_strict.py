"""A policy calls an auth function for every row, where the Advisor's text match does not see it.

Within a ``(select ...)`` that reads no table and no column PostgreSQL evaluates the call once per statement.

Found is what ``auth_rls_initplan`` leaves out: a call that is bare while another one of the same function is
wrapped, one inside a SELECT that has a FROM, and policies on the tables of Storage.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...schema.objects.policy import Policy
from ..conditions.expressions import function_name
from ..conditions.filters import repeated_calls
from ..conditions.printed import AUTH_CALLS, may_be_bare, unwrapped
from ..finding import Level
from ..rule import Fault, Rule
from ..schema import RESERVED_SCHEMAS, Schema
from ..topic import Topic
from ..words import listed

rule = Rule(__name__, level=Level.WARN, about=Policy, topic=Topic.PERFORMANCE)
rule.where(may_be_bare)

_LOOKED_AT = {"storage", "realtime"}
_NAMES = {call.partition("(")[0] for call in AUTH_CALLS}


@rule
def check(policy: Policy, schema: Schema) -> Iterator[Fault]:
    """Look for calls that are made again for every row."""
    table = schema.table_of(policy)
    if table is None or table.schema in RESERVED_SCHEMAS - _LOOKED_AT:
        return
    if not table.knows("row_security") or not table.row_security:
        return
    found: dict[str, None] = {}
    for attribute, text in (("using", policy.using), ("check", policy.check)):
        if text is not None and policy.knows(attribute) and may_be_bare(text):
            told = set() if table.schema == "storage" else {call.partition("(")[0] for call in unwrapped(text)}
            names = [function_name(call) for call in repeated_calls(text)]
            found.update(dict.fromkeys(name for name in names if name in _NAMES - told))
    if found:
        example = "current_setting(...)" if "current_setting" in found else f"{next(iter(found))}()"
        yield Fault(
            policy,
            f'policy "{policy.name}" on {policy.table} calls {listed(f"{name}()" for name in found)} for every row',
            remedy=f"Write (select {example}) instead of each {example}: it is then evaluated once per statement",
        )
