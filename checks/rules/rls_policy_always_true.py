"""A policy for writing is true for every row: it lets a client role change whatever it likes.

Row level security is on, and looks as if it protected the table.

Found is what the Advisor finds (splinter 0024): permissive policies for PUBLIC, ``anon`` or
``authenticated`` whose USING (of UPDATE, DELETE, ALL) or WITH CHECK is ``true`` or ``1 = 1``, or is not
there where nothing takes its place. Reading with ``using (true)`` is left alone, and so is what is always
true in another spelling.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...schema.objects.policy import Policy
from ...schema.pattern import lazy
from ..finding import Level
from ..outcome import plainly_true
from ..rule import Fault, Rule
from ..schema import CLIENT_ROLES, Schema
from ..words import listed

rule = Rule(__name__, level=Level.WARN, about=Policy, splinter="0024_permissive_rls_policy")


_SHORT = lazy(r"\W*(true|1|t|yes|on|y|bool|cast|--|/\*)", re.IGNORECASE)  # what may be true; most is not parsed


@rule
def check(policy: Policy, schema: Schema) -> Iterator[Fault]:
    """Look for expressions that let everything pass."""
    table = schema.table_of(policy)
    if table is None or not schema.advised(table) or not table.knows("row_security") or not table.row_security:
        return
    if not policy.permissive or not all(policy.knows(each) for each in ("using", "check", "roles", "command")):
        return
    if policy.roles != ("public",) and not set(policy.roles) & set(CLIENT_ROLES):
        return
    if clauses := open_clauses(policy):
        does = "does" if len(clauses) == 1 else "do"
        yield Fault(
            policy,
            f'policy "{policy.name}" on {policy.table} lets {listed(policy.roles)} '
            f"{'write' if policy.command == 'all' else policy.command} any row: "
            f"its {listed(clauses)} {does} not limit anything",
            remedy="Say which rows the role may write, for instance its own: (select auth.uid()) = user_id",
            cache_keys=(f"rls_policy_always_true_{table.schema}_{table.name}_{policy.name}",),
        )


def open_clauses(policy: Policy) -> list[str]:
    """The clauses of a policy that limit nothing, as splinter reads them."""
    clauses = (("USING", _using_is_open(policy)), ("WITH CHECK", _check_is_open(policy)))
    return [clause for clause, is_open in clauses if is_open]


def _is_true(expression: str | None) -> bool:
    return expression is not None and _SHORT.match(expression) is not None and plainly_true(expression)


def _using_is_open(policy: Policy) -> bool:
    return policy.command in {"update", "delete", "all"} and (policy.using is None or _is_true(policy.using))


def _check_is_open(policy: Policy) -> bool:
    if policy.check is not None:
        return _is_true(policy.check)
    return policy.command == "insert" or (policy.command in {"update", "all"} and _is_true(policy.using))
