"""A policy compares a column with who asks, and no index begins with that column.

Every query of a client then reads the whole table: the policy is part of its WHERE. With an index it reads the
rows of the user alone.

Found are the columns that decide which rows a policy gives: ``user_id = (select auth.uid())``,
``team_id in (select ...)``, joined by AND; of an OR only where each of its parts is such a test. A column whose
foreign key has no index is ``unindexed_foreign_keys``'s. An index counts whatever its method and predicate.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from ...schema.names import quote_ident
from ...schema.objects.policy import Policy
from ...schema.objects.table import Table
from ..conditions.filters import equalities
from ..finding import Level, Related
from ..rule import Fault, Rule
from ..schema import RESERVED_SCHEMAS, Schema
from ..topic import Topic
from ..words import listed

rule = Rule(__name__, level=Level.WARN, about=Table, topic=Topic.PERFORMANCE)

_WORD = re.compile(r"\w+")


@rule
def check(table: Table, schema: Schema) -> Iterator[Fault]:
    """Look for an index on each column that a policy of the table filters by."""
    if table.schema in RESERVED_SCHEMAS or not table.knows("row_security") or not table.row_security:
        return
    if not table.knows("indexes") or table.relation_kind == "foreign":
        return
    policies = [policy for policy in schema.policies(table) if policy.using]
    served = _served(table, schema) if policies else None
    if served is None:
        return
    left = {column.name for column in schema.columns(table)} - served
    odd = not all(map(str.isidentifier, left))
    by_column: dict[str, list[Policy]] = {}
    for policy in policies:
        # What names none of them needs no parser.
        if odd or not left.isdisjoint(_words(policy.using or "")):
            for column in _filtered(policy, table, schema) & left:
                by_column.setdefault(column, []).append(policy)
    for column, policies in sorted(by_column.items()):
        yield _fault(table, column, policies, schema)


@lru_cache(maxsize=1024)  # policies say the same again and again
def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text))


def _filtered(policy: Policy, table: Table, schema: Schema) -> set[str]:
    """The columns by which an index could find the rows of a policy."""
    found: set[str] = set()
    for tests in equalities(policy, table, schema):
        columns = [test.column for test in tests]
        found.update(column for column in columns if column is not None and None not in columns)
    return found


def _served(table: Table, schema: Schema) -> set[str] | None:
    """The columns that an index begins with, or that another rule asks an index for; None: not known."""
    indexes = schema.indexes(table)
    if not all(index.knows("columns") for index in indexes):
        return None
    found = {index.keys[0] for index in indexes if index.valid and index.keys and index.keys[0] is not None}
    keys = [each.columns[0] for each in schema.constraints(table) if each.type == "foreign_key" and each.columns]
    return {*found, *keys}


def _fault(table: Table, column: str, policies: list[Policy], schema: Schema) -> Fault:
    names = listed(f'"{policy.name}"' for policy in policies)
    does = "filters" if len(policies) == 1 else "filter"
    return Fault(
        table,
        f"{table.identity} has no index on {quote_ident(column)}, which {names} {does} by",
        remedy="Make one:",
        sql=f"create index on {table.identity} ({quote_ident(column)});",
        related=tuple(
            Related(place, f'policy "{policy.name}" compares {quote_ident(column)} with who asks')
            for policy in policies
            if (place := schema.place(policy))
        ),
    )
