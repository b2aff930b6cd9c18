"""A policy compares the request's role with a name that no request has: it lets nobody through, in silence.

``auth.role()`` is ``anon``, ``authenticated``, ``service_role`` or a role that the project signs tokens for itself.
'admin', 'user' or 'authentificated' is none of them; what was meant is mostly a claim or a column of one's own.

Found are names that no role of the database has.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...schema.objects.policy import Policy
from ...schema.objects.role import Role
from ...schema.taint import excused
from ..conditions.expressions import roles_compared
from ..finding import Level
from ..rule import Fault, Rule
from ..schema import Schema
from ..words import listed

rule = Rule(__name__, level=Level.WARN, about=Policy)
rule.where(roles_compared)


@rule
def check(policy: Policy, schema: Schema) -> Iterator[Fault]:
    """Look up the names that auth.role() is compared with."""
    named = {
        role
        for attribute, text in (("using", policy.using), ("check", policy.check))
        if text and policy.knows(attribute)
        for role in roles_compared(text)
    }
    unknown = sorted(
        role for role in named if schema.catalog.get(Role, role) is None and not excused(schema.catalog, ("role", role))
    )
    if unknown:
        from difflib import get_close_matches  # for messages alone

        close = [
            name for role in unknown for name in get_close_matches(role, ("anon", "authenticated", "service_role"))
        ]
        names = listed(f"'{role}'" for role in unknown)
        yield Fault(
            policy,
            f'policy "{policy.name}" on {policy.table} asks for the role {names}, which no request has',
            why=("the comparison is false for every request, so nobody passes it",),
            remedy=f"Write {close[0]}"
            if close
            else "Ask for a claim (auth.jwt() -> 'app_metadata' ->> 'role'), or for a row of a table of members",
        )
