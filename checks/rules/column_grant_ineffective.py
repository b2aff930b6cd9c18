"""A privilege is revoked on columns from a role that still holds it on the whole table: nothing changes.

A privilege on a table is one on each of its columns. REVOKE SELECT (email) takes back what was granted on that
column alone, and says neither error nor notice where there was nothing such.

Found is what is in force in the end: a later REVOKE on the table, or from PUBLIC, mends it. Columns that are
granted beside the table's privilege are not found: they give nothing, and take nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...schema.names import quote_ident
from ...schema.objects.table import Table
from ...schema.pattern import lazy
from ...schema.source import Statement
from ..finding import Level
from ..named import granted_on, grantees
from ..rule import Fault, Rule
from ..schema import Relation, Schema
from ..topic import Topic
from ..words import listed

rule = Rule(__name__, level=Level.WARN, about=Statement, kinds=("GrantStmt",), topic=Topic.EXPOSURE)

_OF_WHOLE = lazy(rb"revoke\s+[\w\s,]+?\bon\b", re.IGNORECASE)  # no parenthesis stands before ON: no columns
_OF_COLUMNS = ("select", "insert", "update", "references")


@rule
def check(statement: Statement, schema: Schema) -> Iterator[Fault]:
    """Look for REVOKE on columns whose table the role still has."""
    data, start, end = statement.source.data, statement.start, statement.end
    if data[start : start + 6].lower() != b"revoke" or _OF_WHOLE.match(data, start, end):
        return
    node = statement.node
    if node.get("is_grant") or node.get("objtype") != "OBJECT_TABLE" or node.get("grant_option"):
        return
    named = [each["AccessPriv"] for each in node.get("privileges", ()) if each["AccessPriv"].get("cols")]
    for table in granted_on(schema, node) if named else ():
        columns: dict[str, list[str]] = {}  # privilege -> the columns it is said to be revoked on
        for one in named:
            for privilege in [one["priv_name"]] if "priv_name" in one else _OF_COLUMNS:
                columns.setdefault(privilege, []).extend(str(each["String"]["sval"]) for each in one["cols"])
        for role in grantees(node):
            kept = {privilege: names for privilege, names in columns.items() if schema.holds(role, table, privilege)}
            if kept:
                yield _fault(statement, table, role, kept, schema)


def _fault(statement: Statement, table: Relation, role: str, kept: dict[str, list[str]], schema: Schema) -> Fault:
    first = next(iter(kept.values()))
    privileges = listed(map(str.upper, kept))
    return Fault(
        statement,
        f"{role} keeps {privileges} on {table.identity} ({', '.join(first)}): it holds it on the whole table",
        why=(f"{privileges} on {table.identity} is a privilege on each of its columns, and was not revoked",),
        remedy="Revoke it on the table, and grant it on the columns that are meant:",
        sql="\n".join(_mended(table, role, kept, schema)),
        object=table.key,
    )


def _mended(table: Relation, role: str, kept: dict[str, list[str]], schema: Schema) -> Iterator[str]:
    for privilege, revoked in kept.items():
        holders = [role, *(["public"] if role != "public" and schema.holds("public", table, privilege) else ())]
        yield f"revoke {privilege} on {table.identity} from {', '.join(map(quote_ident, holders))};"
        if isinstance(table, Table) and table.knows("columns"):
            rest = [each.name for each in schema.columns(table) if each.name not in revoked]
            if rest:
                columns = ", ".join(map(quote_ident, rest))
                yield f"grant {privilege} ({columns}) on {table.identity} to {quote_ident(role)};"
