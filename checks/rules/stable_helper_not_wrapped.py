"""A policy calls a function of yours for every row, though what it gives is the same for all of them.

Its arguments name no column of the row, and the function is STABLE: within ``(select ...)`` PostgreSQL calls it
once per statement. For a SECURITY DEFINER function that looks something up, that is one query instead of one
for every row of the table.

Found are calls outside every sub-select. A function that is VOLATILE (also one that says nothing) is not:
declare it STABLE first, if that is what it is. Nor is one that gets a column of the row: there is nothing that
could be evaluated once.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from ...schema.names import quote_ident
from ...schema.objects.function import Function
from ...schema.objects.policy import Policy
from ..conditions.expressions import Node, function_name
from ..conditions.filters import outer_calls, reads_columns
from ..finding import Level
from ..rule import Fault, Rule
from ..schema import Schema
from ..topic import Topic
from ..words import listed

rule = Rule(__name__, level=Level.WARN, about=Policy, topic=Topic.PERFORMANCE)


@rule
def check(policy: Policy, schema: Schema) -> Iterator[Fault]:
    """Look for calls that could be made once."""
    table = schema.table_of(policy)
    if table is None or not table.knows("row_security") or not table.row_security:
        return
    helpers = _helpers(policy, schema)
    if not helpers:
        return
    found: dict[str, None] = {}
    for attribute, text in (("using", policy.using), ("check", policy.check)):
        if text is not None and policy.knows(attribute):
            found.update({name: None for name in _called(text) if name in helpers})
    if found:
        said = listed(f"{name}()" for name in found)
        example = f"{next(iter(found))}(...)"
        yield Fault(
            policy,
            f'policy "{policy.name}" on {policy.table} calls {said} for every row, with the same arguments',
            remedy=f"Write (select {example}) instead of {example}: it is then called once per statement",
        )


@rule.where
@lru_cache(maxsize=256)  # policies say the same again and again
def _called(text: str) -> tuple[str, ...]:
    """What an expression calls outside every sub-select, with no column of the row; all that is yours has a schema."""
    calls = [call for call in outer_calls(text) if not reads_columns(call.get("args", []))]
    return tuple(name for name in map(_name, calls) if "." in name)


def _helpers(policy: Policy, schema: Schema) -> set[str]:
    """The functions of yours that a policy calls and whose result stays the same within a statement."""
    found: set[str] = set()
    others: set[str] = set()
    for edge in schema.catalog.depends_on(policy.key):
        function = schema.catalog.get(Function, edge.on[1]) if edge.on[0] == "function" else None
        if function is not None and function.origin != "platform":
            steady = function.knows("volatility") and function.volatility == "stable" and not function.returns_set
            (found if steady else others).add(f"{quote_ident(function.schema)}.{quote_ident(function.name)}")
    return found - others


def _name(call: Node) -> str:
    return ".".join(map(quote_ident, function_name(call).split(".")))
