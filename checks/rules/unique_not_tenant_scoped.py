"""A unique key holds across all tenants of a table, so that one tenant learns what another one has.

The policies keep each tenant to its own rows, but a unique index is checked past them: an INSERT of a name or number
that somebody else's row has is refused with 23505. The value is taken for everybody, and whoever asks knows that it is.

Whether a value is to be unique in the whole world (a domain, a slug in an address) is the author's to say: the
pedantic profile asks. Found are tables whose policies bind a column named as a tenant's (``tenant_id``, ``org_id``,
``team_id`` ...), with a unique key without it, of a column that can be guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...schema.names import quote_ident
from ...schema.objects.column import Column
from ...schema.objects.constraint import Constraint
from ...schema.objects.index import Index
from ...schema.objects.table import Table
from ...schema.pattern import lazy
from ..conditions.callers import asks_caller, columns
from ..finding import Level
from ..rule import Fault, Rule
from ..schema import CLIENT_ROLES, Schema
from ..topic import Topic

rule = Rule(__name__, level=Level.WARN, about=Index, profile="pedantic", topic=Topic.EXPOSURE)

_TENANT = lazy(
    r"^(tenant|org|organi[sz]ation|company|workspace|team|account|business|clinic|school|store|shop)(_?id|_?uuid)$",
    re.IGNORECASE,
)

_RANDOM = lazy(r"token|hash|secret|nonce", re.IGNORECASE)


@rule
def check(index: Index, schema: Schema) -> Iterator[Fault]:
    """Compare each unique key with what the policies tell tenants apart by."""
    table = schema.catalog.get(Table, index.table)
    if table is None or not index.unique or not all(map(index.knows, ("unique", "columns", "predicate"))):
        return
    if not table.knows("row_security") or not table.row_security or not table.knows("policies"):
        return
    if not index.columns or not _can_be_guessed(index, table, schema):
        return
    tenant = _tenant(table, schema)
    if tenant is None or tenant in index.columns or schema.reach(table, CLIENT_ROLES, ("insert", "update")) is None:
        return
    keys = ", ".join((quote_ident(tenant), *index.columns))
    yield Fault(
        index,
        f"{index.name} makes {', '.join(index.columns)} of {table.identity} unique across all tenants, whose policies "
        f"tell them apart by {tenant}",
        why=("a unique key is checked past row level security: 23505 says that another tenant has the value",),
        remedy="Where each tenant may have the value, make it unique within the tenant:",
        sql=f"{schema.drop_index(index)}\ncreate unique index on {table.identity} ({keys});",
        example=_is_referenced(index, table, schema),
    )


def _can_be_guessed(index: Index, table: Table, schema: Schema) -> bool:
    """Whether a key is made of columns that a person fills in; numbers that count up, and uuids, tell nothing."""
    for name in index.columns:
        column = schema.catalog.get(Column, f"{table.identity}.{name}")
        if (
            column is None
            or not column.knows("type")
            or column.generated_identity
            or "nextval(" in (column.default or "")
        ):
            return False
        if column.type == "uuid" or (index.constraint and column.default) or _RANDOM.search(column.name):
            return False
    return True


def _tenant(table: Table, schema: Schema) -> str | None:
    """The column by which the policies tell tenants apart."""
    for policy in schema.policies(table):
        if policy.permissive and policy.knows("using") and policy.knows("check"):
            for text in (policy.using, policy.check):
                named = [each for each in columns(text) if _TENANT.match(each)] if text and asks_caller(text) else []
                mine = [each for each in sorted(named) if schema.catalog.get(Column, _column(table, each))]
                if mine:
                    return mine[0]
    return None


def _column(table: Table, name: str) -> str:
    return f"{table.identity}.{quote_ident(name)}"


def _is_referenced(index: Index, table: Table, schema: Schema) -> bool:
    """Whether a foreign key needs it as it is, which the remedy would have to change too."""
    return any(
        isinstance(each, Constraint) and each.type == "foreign_key" and each.references == table.identity
        for each in (*schema.catalog.dependents(index.key), *schema.catalog.dependents(table.key))
    )
