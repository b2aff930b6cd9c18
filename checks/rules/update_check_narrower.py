"""An UPDATE policy binds rows to the caller before the change, and not after it: rows can be given to somebody else.

USING says which rows may be changed, WITH CHECK what they may become. A WITH CHECK that does not ask for the column by
which USING finds one's own rows lets everybody write another's id into it: the row is then somebody else's, or
appears in another's list.

Found are explicit WITH CHECK clauses, of policies for UPDATE and ALL, that leave out a column that USING compares with
the caller's id. Without WITH CHECK, PostgreSQL takes USING for both, and nothing is wrong; ``with check (true)`` is
``rls_policy_always_true``. A column that the role may not UPDATE, and the tables of storage, are not found.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from ...schema.names import quote_ident
from ...schema.objects.column import Column
from ...schema.objects.policy import Policy
from ...schema.objects.table import Table
from ..conditions.callers import columns
from ..conditions.expressions import bare, is_uid, named, operator, reads_rows
from ..conditions.outcome import Outcome, outcome
from ..finding import Level
from ..rule import Fault, Rule
from ..schema import CLIENT_ROLES, RESERVED_SCHEMAS, Schema
from ..words import listed

rule = Rule(__name__, level=Level.WARN, about=Policy)


@rule
def check(policy: Policy, schema: Schema) -> Iterator[Fault]:
    """Compare the columns that both clauses ask for."""
    if policy.command not in {"update", "all"} or not policy.permissive or not policy.using or not policy.check:
        return
    left_out = [each for each in _own(policy.using) if each not in columns(policy.check)]
    table = schema.table_of(policy) if left_out else None
    if table is None or not table.row_security or table.schema in RESERVED_SCHEMAS:
        return
    if not all(map(policy.knows, ("using", "check", "roles", "command"))):
        return
    roles = CLIENT_ROLES if policy.roles == ("public",) else [each for each in policy.roles if each in CLIENT_ROLES]
    if all(outcome(policy.check, role) in {Outcome.ALWAYS, Outcome.NEVER} for role in roles):
        return
    free = [each for each in left_out if _writable(table, each, roles, schema)]
    if free and not _is_limited(policy, free, schema):
        yield Fault(
            policy,
            f'policy "{policy.name}" on {policy.table} lets {listed(roles)} change {listed(free)} to anything: '
            "WITH CHECK does not ask for it",
            why=(
                f"USING finds the caller's own rows by {listed(free)}",
                "WITH CHECK alone says what they may become, and leaves it out",
            ),
            remedy=f"Ask for {listed(free)} in WITH CHECK as well: ({policy.using}) and ({policy.check})",
            sql=f"alter policy {quote_ident(policy.name)} on {policy.table}\n"
            f"  with check (({policy.using}) and ({policy.check}));",
        )


@rule.where
@lru_cache(maxsize=1024)  # policies say the same again and again
def _own(text: str) -> tuple[str, ...]:
    """The columns that an expression compares with the caller's id."""
    if any(map(reads_rows, named(text, "SubLink"))):
        return ()  # which table's columns those are would have to be resolved
    found: dict[str, None] = {}
    for node in named(text, "A_Expr"):
        if node.get("kind") == "AEXPR_OP" and operator(node) == "=":
            sides = [bare(node.get(side)) for side in ("lexpr", "rexpr")]
            for one, other in (sides, sides[::-1]):
                if is_uid(one) and isinstance(other, dict) and "ColumnRef" in other:
                    found[str(other["ColumnRef"]["fields"][-1].get("String", {}).get("sval", ""))] = None
    return tuple(filter(None, found))


def _writable(table: Table, name: str, roles: tuple[str, ...] | list[str], schema: Schema) -> bool:
    column = schema.catalog.get(Column, f"{table.identity}.{quote_ident(name)}")
    return column is not None and any(schema.holds(role, column, "update") for role in roles)


def _is_limited(policy: Policy, free: list[str], schema: Schema) -> bool:
    """Whether a restrictive policy, or one that is not known, asks for the columns."""
    table = schema.table_of(policy)
    if table is None or not table.knows("policies"):
        return True
    return any(
        not each.permissive
        and each.command in {"update", "all"}
        and set(free) <= columns(each.check or each.using or "true")
        for each in schema.policies(table)
    )
