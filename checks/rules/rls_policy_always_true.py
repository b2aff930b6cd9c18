"""A policy for writing is true for every row: it lets a client role change whatever it likes.

Row level security is on, and looks as if it protected the table.

Found is what the Advisor finds (splinter 0024): permissive policies for PUBLIC, ``anon`` or
``authenticated`` whose USING (of UPDATE, DELETE, ALL) or WITH CHECK is ``true`` or ``1 = 1``, or is not
there where nothing takes its place. Reading with ``using (true)`` is left alone, and so is what is always
true in another spelling.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...schema.objects.policy import Policy
from ..conditions.open_clauses import open_clauses
from ..finding import Level
from ..rule import Fault, Rule
from ..schema import CLIENT_ROLES, Schema
from ..words import listed

rule = Rule(__name__, level=Level.WARN, about=Policy, splinter="0024_permissive_rls_policy")


@rule
def check(policy: Policy, schema: Schema) -> Iterator[Fault]:
    """Look for expressions that let everything pass."""
    clauses = open_clauses(policy)
    table = schema.table_of(policy) if clauses else None
    if table is None or not schema.advised(table) or not table.knows("row_security") or not table.row_security:
        return
    if not policy.permissive or not all(policy.knows(each) for each in ("using", "check", "roles", "command")):
        return
    if policy.roles == ("public",) or set(policy.roles) & set(CLIENT_ROLES):
        does = "does" if len(clauses) == 1 else "do"
        yield Fault(
            policy,
            f'policy "{policy.name}" on {policy.table} lets {listed(policy.roles)} '
            f"{'write' if policy.command == 'all' else policy.command} any row: "
            f"its {listed(clauses)} {does} not limit anything",
            remedy="Say which rows the role may write, for instance its own: (select auth.uid()) = user_id",
            cache_keys=(f"rls_policy_always_true_{table.schema}_{table.name}_{policy.name}",),
        )
