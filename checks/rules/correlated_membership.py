"""A policy asks for each row whether the caller is among its members, instead of once for which rows they are.

``(select auth.uid()) in (select user_id from member where member.team_id = todo.team_id)`` runs the sub-select
again for every row of the table. Turned round, ``team_id in (select team_id from member where user_id = (select
auth.uid()))`` runs once, and an index on ``team_id`` serves.

Found are tests of that form whose sub-select certainly reads the row, and whose other side does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...schema.objects.policy import Policy
from ..conditions.filters import Query, is_correlated, memberships
from ..finding import Level
from ..rule import Fault, Rule
from ..schema import Schema
from ..topic import Topic

rule = Rule(__name__, level=Level.WARN, about=Policy, topic=Topic.PERFORMANCE)

_MARK = re.compile(r"\b(in|any|some)\s*\(\s*(select|with)\b", re.IGNORECASE)  # what has none of it needs no parser


@rule
def check(policy: Policy, schema: Schema) -> Iterator[Fault]:
    """Look at each ``IN (SELECT ...)``."""
    table = schema.table_of(policy)
    if table is None or not table.knows("row_security") or not table.row_security:
        return
    for attribute, text in (("using", policy.using), ("check", policy.check)):
        if text is None or not policy.knows(attribute):
            continue
        for query in _of_caller(text):
            if is_correlated(query, table, schema):
                yield Fault(
                    policy,
                    f'policy "{policy.name}" on {policy.table} runs a sub-select for every row, '
                    "to see whether the caller is in it",
                    why=("the sub-select reads the row, so that it cannot run once for all of them",),
                    remedy="Turn it round: <column of the row> in "
                    "(select <its counterpart> from <members> where <member> = (select auth.uid()))",
                )
                return


@rule.where
def _of_caller(text: str) -> list[Query]:
    """The sub-selects of an expression in which whoever asks is looked for."""
    return [link.query for link in memberships(text) if link.of_caller] if _MARK.search(text) else []
