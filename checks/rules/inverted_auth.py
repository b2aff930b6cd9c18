"""A policy lets everybody through who is not signed in: a missing user passes the test.

``auth.uid()`` is null for ``anon``. A test such as ``auth.uid() is null or auth.uid() = author`` is then true for
every row, though for a user it is true for their own rows alone: who sends no token sees more than who sends one.

Found are expressions that come to true for ``anon`` whatever the row, and depend on the row for ``authenticated``, in
policies that ``anon`` is asked by. Where only ``anon`` is let in (``auth.uid() is null`` alone) that is meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...schema.objects.policy import Policy
from ...schema.pattern import lazy
from ..conditions.expressions import calls
from ..conditions.outcome import Outcome, outcome
from ..finding import Level
from ..rule import Fault, Rule
from ..schema import COMMANDS, Schema
from ..words import listed

rule = Rule(__name__, level=Level.ERROR, about=Policy)

# What makes true of null, or names the role; without it nothing is true for anon alone, and no parser is needed
_MARK = lazy(
    r"\b(?:is|not|isnull|notnull|nullif|coalesce|case|distinct|user|session_user|current_user)\b|role", re.IGNORECASE
)
_IDENTITY = {"auth.uid", "auth.jwt", "auth.email"}


@rule
def check(policy: Policy, schema: Schema) -> Iterator[Fault]:
    """Compare what each expression comes to for anon with what it comes to for a user."""
    table = schema.table_of(policy)
    if table is None or not table.row_security or not policy.permissive or not {"public", "anon"} & set(policy.roles):
        return
    if not all(map(policy.knows, ("roles", "using", "check", "command"))):
        return
    clauses = [(name, text) for name, text in (("USING", policy.using), ("WITH CHECK", policy.check)) if text]
    open_ = [(name, text) for name, text in clauses if _is_inverted(text)]
    if not open_ or any(outcome(text, "anon") is not Outcome.ALWAYS for _, text in clauses):
        return
    commands = COMMANDS if policy.command == "all" else (policy.command,)
    held = [each for each in commands if schema.holds("anon", table, each)]
    if held:
        yield Fault(
            policy,
            f'policy "{policy.name}" on {policy.table} lets anon {listed(held)} every row: without a user its '
            f"{listed(name for name, _ in open_)} is true",
            why=(
                "auth.uid() is null where nobody is signed in, and the expression takes that for a yes",
                "for a user it depends on the row",
            ),
            remedy="Leave out the branch that is true for null, and say to whom the policy is: TO authenticated",
        )


@rule.where
def _is_inverted(text: str) -> bool:
    if not _MARK.search(text) or not any(call.name in _IDENTITY for call in calls(text)):
        return False
    return outcome(text, "anon") is Outcome.ALWAYS and outcome(text, "authenticated") in {
        Outcome.SOME,
        Outcome.UNDECIDED,
    }
