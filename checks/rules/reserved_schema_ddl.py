"""A statement makes, changes or drops something of the platform's: in ``auth``, ``storage`` or ``realtime``.

As ``postgres``, in the SQL Editor as by the CLI, it is refused with 42501 ("must be owner of table objects",
"permission denied for schema auth"), and nothing of the paste is kept.

Policies and triggers on the tables there that projects use are allowed, and so are foreign keys to them. DROP IF
EXISTS of what a new project has not is not found: it does nothing, or takes away what an older project made there.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cache
from operator import attrgetter
from typing import Any

from ...schema.names import qualified
from ...schema.pattern import lazy
from ...schema.source import Source, Statement, lowered
from ..finding import Level
from ..rule import Fault, Rule
from ..schema import Schema
from ..topic import Topic

_start = attrgetter("start")
Name = tuple[str | None, str, int]  # schema, name, place in the statement

_SCHEMAS = frozenset({"auth", "storage", "realtime"})

# On these tables postgres may make and drop policies and triggers (supabase/postgres, supautils.conf: policy_grants
# and drop_trigger_grants).
_LENT = {
    "auth": frozenset(
        {
            *("audit_log_entries", "flow_state", "identities", "instances", "mfa_amr_claims", "mfa_challenges"),
            *("mfa_factors", "oauth_clients", "one_time_tokens", "refresh_tokens", "saml_providers"),
            *("saml_relay_states", "sessions", "sso_domains", "sso_providers", "users"),
        }
    ),
    "realtime": frozenset({"messages", "subscription"}),
    "storage": frozenset(
        ["buckets", "buckets_analytics", "objects", "prefixes", "s3_multipart_uploads", "s3_multipart_uploads_parts"]
    ),
}

# Statements that name what they make or change by a RangeVar in this field, or by a list of names.
_RELATION = {
    "AlterSeqStmt": "sequence",
    "AlterTableStmt": "relation",
    "CompositeTypeStmt": "typevar",
    "CreateForeignTableStmt": "base",
    "CreateSeqStmt": "sequence",
    "CreateStmt": "relation",
    "IndexStmt": "relation",
    "RuleStmt": "relation",
    "ViewStmt": "view",
}
_NAMES = {
    "AlterDomainStmt": "typeName",
    "AlterEnumStmt": "typeName",
    "CreateDomainStmt": "domainname",
    "CreateEnumStmt": "typeName",
    "CreateFunctionStmt": "funcname",
    "CreateRangeStmt": "typeName",
    "CreateStatsStmt": "defnames",
    "DefineStmt": "defnames",
}
_BY_OBJECT = {"AlterFunctionStmt", "AlterObjectSchemaStmt", "AlterOwnerStmt", "CommentStmt", "DropStmt", "RenameStmt"}
_MEMBERS = {"OBJECT_POLICY", "OBJECT_TRIGGER", "OBJECT_RULE", "OBJECT_COLUMN", "OBJECT_TABCONSTRAINT"}
_ON_TABLE = {"AlterPolicyStmt": "table", "CreatePolicyStmt": "table", "CreateTrigStmt": "relation"}

_NAMED_FIRST = frozenset((*_RELATION, *_NAMES, *_ON_TABLE))  # these say before any parenthesis what they are about
# What stands before the first parenthesis, if neither a comment nor a literal does
_HEAD = lazy(rb"""(?:[^"'(/-]++|"[^"]*+"|-(?!-)|/(?!\*))*+(?=\(|\Z)""")
_MENTION = lazy(rb"\b(?:auth|storage|realtime)\b|\bu&\"", re.IGNORECASE)
# What may be a mention, in lower case; roles, and what a condition asks, are none
_AUTH = lazy(rb"auth(?<!\(select auth)(?!enticated)")
_OTHERS = (b"storage", b"realtime", b'u&"')

_KINDS = {*_RELATION, *_NAMES, *_BY_OBJECT, *_ON_TABLE, "CreateTableAsStmt", "SelectStmt"}

rule = Rule(__name__, level=Level.ERROR, about=Source, topic=Topic.EXTENSIONS)


@rule
def check(source: Source, schema: Schema) -> Iterator[Fault]:
    """Look for statements that the platform refuses role postgres."""
    if schema.target.platform == "supabase":
        for statement in _concerned(source, schema.statements_of[source.path]):
            yield from _refused(statement)


def _refused(statement: Statement) -> Iterator[Fault]:
    for namespace, name, place in _named(statement.kind, statement.node):
        if namespace not in _SCHEMAS or (_lends(statement) and name in _LENT[namespace]):
            continue
        if name and _may_find_nothing(statement) and not _is_there(statement, namespace, name):
            continue
        of = f" ({name})" if name else ""
        yield Fault(
            statement,
            f"the platform refuses this: schema {namespace}{of} belongs to it (42501)",
            why=(f"in schema {namespace}, role postgres may make policies and triggers on its tables, nothing else",),
            remedy=_remedy(statement, namespace),
            at=statement.at(place) if place else None,
        )
        return


def _concerned(source: Source, statements: Sequence[Statement]) -> Iterator[Statement]:
    """The statements that name one of the schemas where they say what they are about, or may do so in escapes.

    The words are looked for in the whole file: most statements have none of them.
    """
    data = lowered(source)
    places = [found.start() for found in _AUTH.finditer(data)]
    places += [found.start() for word in _OTHERS if word in data for found in re.finditer(word, data)]
    numbers = {bisect_right(statements, place, key=_start) - 1 for place in places}
    for number in sorted(numbers - {-1}):
        statement = statements[number]
        if statement.kind not in _KINDS:
            continue
        end = statement.end
        if statement.kind in _NAMED_FIRST and (head := _HEAD.match(data, statement.start, end)):
            end = head.end()
        if _MENTION.search(data, statement.start, end):
            yield statement


def _may_find_nothing(statement: Statement) -> bool:
    """Whether the server says no more than "does not exist, skipping" where there is nothing of that name."""
    return statement.kind == "DropStmt" and bool(statement.node.get("missing_ok"))


def _is_there(statement: Statement, namespace: str, name: str) -> bool:
    """Whether a new project has what is to be dropped; on the tables that are not lent it has no policy or trigger."""
    return statement.node.get("removeType") not in _MEMBERS and qualified(namespace, name) in _on_platform()


@cache
def _on_platform() -> frozenset[str]:
    """What a new project has, by schema and name."""
    from ...schema.simulate import platform_catalog

    return frozenset(obj.identity.partition("(")[0] for obj in platform_catalog())


def _lends(statement: Statement) -> bool:
    """Whether the statement is one that is allowed on the tables lent to postgres."""
    node = statement.node
    return statement.kind in _ON_TABLE or (
        (statement.kind == "DropStmt" and node.get("removeType") in {"OBJECT_POLICY", "OBJECT_TRIGGER"})
        or (statement.kind == "CommentStmt" and node.get("objtype") == "OBJECT_POLICY")
        or (statement.kind == "RenameStmt" and node.get("renameType") == "OBJECT_POLICY")
    )


def _remedy(statement: Statement, namespace: str) -> str:
    commands = [each.get("AlterTableCmd", {}).get("subtype") for each in statement.node.get("cmds", ())]
    if statement.kind == "AlterTableStmt" and set(commands) == {"AT_EnableRowSecurity"}:
        return "Leave it out: row level security is on there already"
    if statement.kind == "CommentStmt":
        return "Leave the comment out"
    return f"Make what you need in a schema of your own, with a foreign key or a trigger to {namespace}'s table"


def _named(kind: str, node: dict[str, Any]) -> Iterator[Name]:
    """What a statement makes, changes or drops."""
    if field := _RELATION.get(kind) or _ON_TABLE.get(kind):
        found = node.get(field, {})
        yield _of_relation(found.get("relation", found) if kind == "CreateForeignTableStmt" else found)
    elif field := _NAMES.get(kind):
        yield _of_names(node.get(field, []))
    elif kind in {"CreateTableAsStmt", "SelectStmt"}:
        into = node.get("into") or node.get("intoClause")
        if into:
            yield _of_relation(into.get("rel", {}))
    else:
        yield from _of_object(node)


def _of_relation(relation: dict[str, Any]) -> Name:
    return relation.get("schemaname"), relation.get("relname", ""), relation.get("location", 0)


def _of_names(names: list[Any]) -> Name:
    parts = [str(each.get("String", {}).get("sval", "")) for each in names]
    return (parts[-2] if len(parts) > 1 else None, parts[-1] if parts else "", 0)


def _of_object(node: dict[str, Any]) -> Iterator[Name]:
    """What DROP, COMMENT, RENAME and their like are about."""
    if new := node.get("newschema"):
        yield new, "", 0
    if relation := node.get("relation"):
        yield _of_relation(relation)
        return
    kind = str(node.get("removeType") or node.get("objtype") or node.get("objectType") or node.get("renameType"))
    member = kind in _MEMBERS
    if kind == "OBJECT_SCHEMA" and "subname" in node:
        yield node["subname"], "", 0
    objects = node.get("objects") or [node[field] for field in ("object", "func") if field in node]
    for each in objects:
        if "String" in each and kind == "OBJECT_SCHEMA":
            yield each["String"].get("sval", ""), "", 0
            continue
        inner = each.get("List", {}).get("items") or each.get("TypeName", {}).get("names")
        names = inner or each.get("ObjectWithArgs", each).get("objname", [])
        yield _of_names(names[:-1] if member else names)
