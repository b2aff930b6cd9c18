"""A policy compares with who asks not a column but what a function or cast makes of it, so no index serves.

``user_id::text = (select auth.uid())::text`` reads the whole table, with an index on ``user_id`` or without:
the index holds the column, not the text.

Found are equalities between one column inside calls or casts and something of whoever asks, joined by AND, where
no index is on that very expression. A cast between text types changes nothing, and is not found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...schema.expression import normal, parse_expression
from ...schema.names import quote_ident
from ...schema.objects.policy import Policy
from ...schema.objects.table import Table
from ..conditions.expressions import Node
from ..conditions.filters import Equality, equalities, necessary, own_columns
from ..conditions.printed import without_callers
from ..finding import Level
from ..rule import Fault, Rule
from ..schema import RESERVED_SCHEMAS, Schema
from ..topic import Topic

rule = Rule(__name__, level=Level.WARN, about=Policy, topic=Topic.PERFORMANCE)

_TEXT = ("text", "character varying", "character", "citext", "extensions.citext", "public.citext")
# What has no cast and no call, but of sub-selects, needs no parser
_MARK = re.compile(r"::|\bcast\b|\w\s*\((?!\s*select\b)", re.IGNORECASE)
_TEXT_CASTS = {"text", "varchar", "bpchar"}


@rule
def check(policy: Policy, schema: Schema) -> Iterator[Fault]:
    """Look at the row's side of each equality."""
    table = schema.table_of(policy)
    if table is None or table.schema in RESERVED_SCHEMAS or not table.knows("row_security") or not table.row_security:
        return
    if policy.using is None or not table.knows("indexes") or not table.knows("columns"):
        return
    if not _may_wrap(policy.using):
        return
    for tests in equalities(policy, table, schema):
        for test in tests:
            if len(tests) == 1 and (way := _wrapped(test, table, schema)) and not _indexed(test, table, schema):
                (column,) = own_columns(test.row)
                yield Fault(
                    policy,
                    f'policy "{policy.name}" on {policy.table} compares {way} {quote_ident(column)} with who asks: '
                    "an index on the column does not serve it",
                    remedy="Compare the column as it is, and bring the other side to its type; "
                    "or make an index on the expression",
                )


@rule.where
def _may_wrap(text: str) -> bool:
    """Whether an equality of an expression may have one column with something around it."""
    if not _MARK.search(without_callers(text)):
        return False
    return any(each.column is None and len(own_columns(each.row)) == 1 for each in necessary(text))


def _wrapped(test: Equality, table: Table, schema: Schema) -> str | None:
    """How the one column of an equality is wrapped, in words; None where it is not, or to no effect."""
    columns = own_columns(test.row)
    if test.column is not None or len(columns) != 1:
        return None
    types = {column.name: column.type for column in schema.columns(table) if column.knows("type")}
    kind = types.get(next(iter(columns)))
    if kind is None:
        return None
    node: Node = test.row
    while "TypeCast" in node:
        name = node["TypeCast"]["typeName"]["names"][-1]["String"].get("sval")
        if not (kind.startswith(_TEXT) and name in _TEXT_CASTS):
            return "a cast of"
        node = node["TypeCast"]["arg"]
    return "a function of" if {"FuncCall", "CoalesceExpr"} & node.keys() else None


def _indexed(test: Equality, table: Table, schema: Schema) -> bool:
    """Whether an index is on the expression, or may be."""
    wanted = normal(test.row)
    for index in schema.indexes(table):
        if not index.knows("columns"):
            return True
        if index.keys and index.keys[0] is None:
            tree = parse_expression(index.columns[0])
            if tree is None or normal(tree) == wanted:
                return True
    return False
