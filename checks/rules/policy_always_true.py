"""A policy's expression is true for every row, whoever asks and whatever is in it.

For reading that may be meant: a public page. For writing it lets a role change what it likes, and row level
security looks as if it protected the table.

Found is what ``rls_policy_always_true`` leaves out: policies for reading, and for writing those whose expression
comes to true in another spelling (``not false``, ``id = id or true``, ``coalesce(true, false)``) or that are on a
partitioned table. WARN where it is for writing, or gives ``authenticated`` every row of a table that says whose
each row is; INFO for any other reading.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from ...schema.objects.policy import Policy
from ...schema.objects.table import Table
from ..conditions.filters import repeated_calls
from ..conditions.open_clauses import open_clauses
from ..conditions.outcome import Outcome, outcome
from ..finding import Level
from ..rule import Fault, Rule
from ..schema import CLIENT_ROLES, RESERVED_SCHEMAS, WRITES, Schema
from ..words import listed

rule = Rule(__name__, level=Level.WARN, about=Policy)

# What has none of it is not true for every row, and needs no parser.
_MARK = re.compile(r"true|false|\bnot\b|\d\s*=\s*\d|'\s*=\s*'|'(t|y|on|1)", re.IGNORECASE)
_OWNERS = {"user_id", "owner_id", "owner", "created_by", "author_id", "uid", "auth_id"}


@rule
def check(policy: Policy, schema: Schema) -> Iterator[Fault]:
    """Work out each expression of a policy for clients."""
    table = schema.table_of(policy)
    if table is None or table.schema in RESERVED_SCHEMAS or not table.knows("row_security") or not table.row_security:
        return
    if not policy.permissive or not all(policy.knows(each) for each in ("using", "check", "roles", "command")):
        return
    roles = CLIENT_ROLES if policy.roles == ("public",) else tuple(r for r in policy.roles if r in CLIENT_ROLES)
    if not roles or (table.relation_kind == "table" and open_clauses(policy)):
        return
    read = policy.command in {"select", "all"} and _is_true(policy.using)
    write = [command for command in WRITES if policy.command in {command, "all"} and _writes(policy, command)]
    if not read and not write:
        return
    does = listed([*(["read"] if read else []), *write])
    owner = None if write else _owner(table, schema)
    signed_in = roles == ("authenticated",)
    yield Fault(
        policy,
        f'policy "{policy.name}" on {policy.table} lets {listed(roles)} {does} every row: it is always true'
        + (f", though {owner} says whose each row is" if owner and signed_in else ""),
        remedy="Say which rows the role may "
        + ("write" if write else "read")
        + f", for instance its own: (select auth.uid()) = {owner or 'user_id'}",
        level=None if write or (owner and signed_in) else Level.INFO,
    )


@rule.where
@lru_cache(maxsize=1024)  # policies say the same again and again
def _is_true(text: str | None) -> bool:
    """Whether an expression is true whoever asks."""
    if text is None or not _MARK.search(text):
        return False
    return not repeated_calls(text) and outcome(text, "") is Outcome.ALWAYS


def _writes(policy: Policy, command: str) -> bool:
    """Whether nothing limits which rows a command writes."""
    using = command == "insert" or policy.using is None or _is_true(policy.using)
    check = policy.check if policy.check is not None else policy.using
    checked = command == "delete" or (check is None or _is_true(check))
    return using and checked


def _owner(table: Table, schema: Schema) -> str | None:
    """The column that says whose a row is: it refers to the users, or is called so."""
    for constraint in schema.constraints(table):
        if constraint.type == "foreign_key" and constraint.references == "auth.users" and len(constraint.columns) == 1:
            return constraint.columns[0]
    return next((column.name for column in schema.columns(table) if column.name in _OWNERS), None)
