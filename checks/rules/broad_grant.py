"""A client role is granted TRUNCATE, REFERENCES or TRIGGER, mostly by GRANT ALL: what no client needs.

TRUNCATE empties a table whatever its policies say; REFERENCES and TRIGGER are for who builds the schema. The API has
no way to use them, so nothing is lost today; a function that runs text as SQL, or a connection of one's own, would do.

Supabase's default privileges grant the same; found is what a GRANT of the migrations says once more, as long as
it is in force. Told once per file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ...schema.names import quote_ident
from ...schema.pattern import lazy
from ...schema.source import Source, Statement
from ..finding import Level
from ..named import granted_on, grantees
from ..rule import Fault, Rule
from ..schema import CLIENT_ROLES, RESERVED_SCHEMAS, Relation, Schema
from ..topic import Topic
from ..words import counted, listed

rule = Rule(__name__, level=Level.INFO, about=Source, topic=Topic.EXPOSURE)

_BROAD = ("truncate", "references", "trigger")
_BROADLY = (b"all", b"truncate", b"references", b"trigger")
_TO_CLIENTS = lazy(
    rb"\b(?:all|truncate|references|trigger)\b.*\bto\b.*(?:\b(?:anon|authenticated|public)\b|u&)",
    re.IGNORECASE | re.DOTALL,
)
_MANY = 5  # tables of one schema, from which on the remedy names the schema


@rule
def check(source: Source, schema: Schema) -> Iterator[Fault]:
    """Look for grants of more than rows to client roles."""
    first: Statement | None = None
    tables: dict[str, Relation] = {}
    roles: dict[str, None] = {}
    held: dict[str, None] = {}
    for statement in schema.statements_of[source.path]:
        if statement.kind != "GrantStmt" or not statement.says(*_BROADLY):
            continue
        if not _TO_CLIENTS.search(source.data, statement.start, statement.end):
            continue
        if not (given := _given(statement.node)):
            continue
        who = [role for role in grantees(statement.node) if role in {*CLIENT_ROLES, "public"}]
        for relation in granted_on(schema, statement.node) if who else ():
            if relation.schema in RESERVED_SCHEMAS:
                continue
            broad = [each for each in given if any(schema.holds(role, relation, each) for role in who)]
            if broad:
                first = first or statement
                tables[relation.identity] = relation
                roles.update(dict.fromkeys(who))
                held.update(dict.fromkeys(broad))
    if first is None:
        return
    names = list(tables)
    on = names[0] if len(names) == 1 else f"{names[0]} and {counted(len(names) - 1, 'more table')}"
    privileges = [each for each in _BROAD if each in held]
    yield Fault(
        first,
        f"{listed(roles)} {'is' if len(roles) == 1 else 'are'} granted {listed(map(str.upper, privileges))} on {on}",
        why=("TRUNCATE is not subject to row level security",) if "truncate" in held else (),
        remedy="Grant the commands that clients need (select, insert, update, delete), and take the rest back:",
        sql="\n".join(_revokes(list(tables.values()), privileges, list(roles))),
    )


def _given(grant: dict[str, Any]) -> list[str]:
    """What a GRANT on whole tables gives of it."""
    if not grant.get("is_grant") or grant.get("objtype") != "OBJECT_TABLE":
        return []
    named = [each["AccessPriv"] for each in grant.get("privileges", ())]
    whole = {str(each.get("priv_name")) for each in named if "cols" not in each}
    return [each for each in _BROAD if not named or each in whole]


def _revokes(relations: list[Relation], privileges: list[str], roles: list[str]) -> Iterator[str]:
    by_schema: dict[str, list[str]] = {}
    for relation in relations:
        by_schema.setdefault(relation.schema, []).append(relation.identity)
    for schema, names in by_schema.items():
        on = f"all tables in schema {quote_ident(schema)}" if len(names) > _MANY else ", ".join(names)
        yield f"revoke {', '.join(privileges)} on {on} from {', '.join(map(quote_ident, roles))};"
