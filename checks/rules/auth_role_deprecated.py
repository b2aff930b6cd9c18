"""A policy calls ``auth.role()`` or ``auth.email()``, which Supabase has deprecated.

``auth.role()`` is evaluated for every role that asks, though the policy's own TO says the same better: a
role that is not named is turned away before anything is evaluated. ``auth.email()`` is ``auth.jwt() ->>
'email'``.

A policy without TO that asks for the role is ``missing_to``'s, where row level security is on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...schema.names import quote_ident
from ...schema.objects.policy import Policy
from ...schema.pattern import lazy
from ..conditions.expressions import SERVICE_ROLE, calls, roles_compared, settled_by_role
from ..finding import Level
from ..rule import Fault, Rule
from ..schema import Schema
from ..words import listed

rule = Rule(__name__, level=Level.WARN, about=Policy)

_DEPRECATED = ("auth.role", "auth.email")
_MARK = lazy(r"auth\W+(role|email)", re.IGNORECASE)  # what has none of it needs no parser


@rule
def check(policy: Policy, schema: Schema) -> Iterator[Fault]:
    """Look for calls of the deprecated functions."""
    clauses = (("using", policy.using), ("check", policy.check))
    texts = [text for name, text in clauses if text and policy.knows(name) and _MARK.search(text)]
    called = {name for text in texts for name in _called(text)}
    found = [name for name in _DEPRECATED if name in called and not (name == "auth.role" and _lacks_to(policy, schema))]
    if not found:
        return
    roles = sorted({role for text in texts for role in roles_compared(text)}) if "auth.role" in found else []
    clause = f"TO {', '.join(map(quote_ident, roles))}" if roles else ""
    remedy, sql = _remedy(policy, texts, roles)
    yield Fault(
        policy,
        f'policy "{policy.name}" on {policy.table} calls {listed(f"{name}()" for name in found)}, '
        f"which {'is' if len(found) == 1 else 'are'} deprecated" + (f": it stands for {clause}" if clause else ""),
        remedy=remedy,
        sql=sql,
    )


@rule.where
def _called(text: str) -> set[str]:
    """The deprecated functions that an expression calls."""
    return {call.name for call in calls(text)} & set(_DEPRECATED) if _MARK.search(text) else set()


def _lacks_to(policy: Policy, schema: Schema) -> bool:
    """Whether it is said of the policy already that it names no role."""
    table = schema.table_of(policy)
    return table is not None and table.row_security and policy.permissive and policy.roles == ("public",)


def _remedy(policy: Policy, texts: list[str], roles: list[str]) -> tuple[str, str | None]:
    name = f"policy {quote_ident(policy.name)} on {policy.table}"
    if roles == [SERVICE_ROLE]:
        return "service_role bypasses row level security, so the policy gives it nothing. Drop it:", f"drop {name};"
    if not roles:
        return "Write (select auth.jwt()) ->> 'email' instead, or compare (select auth.uid()) with the user's id", None
    to = ", ".join(map(quote_ident, roles))
    if all(settled_by_role(text) for text in texts):
        clauses = [
            f"{word} (true)"
            for word, text in (("using", policy.using), ("with check", policy.check))
            if text is not None
        ]
        return "Say it in TO:", f"alter {name} to {to} {' '.join(clauses)};"
    return f"Say TO {to} in the policy, and leave the comparison out of its expression", None
