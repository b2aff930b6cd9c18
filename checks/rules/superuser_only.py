"""A statement that only a superuser may run, which ``postgres`` on Supabase is not: refused with 42501.

ALTER SYSTEM, COPY from or to a file or a program of the server, LEAKPROOF, functions in C, operator classes, base
types, SET SESSION AUTHORIZATION and their like. Roles and extensions are other rules'.

Not found is what a DO block or a function makes of a text, and settings that only a superuser may change.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ...schema.pattern import lazy
from ...schema.source import Statement
from ..finding import Level
from ..rule import Fault, Rule
from ..schema import Schema
from ..topic import Topic

_ALWAYS = {
    "AlterSystemStmt": ("ALTER SYSTEM", "Set it for a role or the database, or by the CLI: supabase postgres-config"),
    "CreateAmStmt": ("CREATE ACCESS METHOD", "Leave it out"),
    "CreateOpClassStmt": ("CREATE OPERATOR CLASS", "Index an expression that has an operator class already"),
    "CreateOpFamilyStmt": ("CREATE OPERATOR FAMILY", "Leave it out"),
    "CreatePLangStmt": ("CREATE LANGUAGE", "Write it in SQL or PL/pgSQL"),
    "CreateTableSpaceStmt": ("CREATE TABLESPACE", "Leave it out: the platform has one disk"),
}
_DEFINED = {
    "OBJECT_TYPE": ("CREATE TYPE of a base type", "Make a domain, an enum or a composite type"),
    "OBJECT_TSPARSER": ("CREATE TEXT SEARCH PARSER", "Make a configuration of the parser that is there"),
    "OBJECT_TSTEMPLATE": ("CREATE TEXT SEARCH TEMPLATE", "Make a dictionary of a template that is there"),
}
# What a statement on a function must have in it to need one
_MARKS = lazy(rb"\bleakproof\b|\blanguage\s+['\"]?(c|internal)\b", re.IGNORECASE)
_KINDS = (*_ALWAYS, "AlterFunctionStmt", "CopyStmt", "CreateFunctionStmt", "DefineStmt", "VariableSetStmt")

rule = Rule(__name__, level=Level.ERROR, about=Statement, kinds=_KINDS, topic=Topic.EXTENSIONS)


@rule
def check(statement: Statement, schema: Schema) -> Iterator[Fault]:
    """Look for what the server asks a superuser for."""
    if schema.target.platform != "supabase":
        return
    refused = _ALWAYS.get(statement.kind) or _by_option(statement)
    if refused:
        what, remedy = refused
        yield Fault(
            statement,
            f"the platform refuses this: {what} needs a superuser (42501)",
            why=("role postgres is no superuser on Supabase, in the SQL Editor as by the CLI",),
            remedy=remedy,
        )


def _by_option(statement: Statement) -> tuple[str, str] | None:
    """What of a statement needs a superuser, where the statement as such does not."""
    kind = statement.kind
    data = statement.source.data
    if kind in {"CreateFunctionStmt", "AlterFunctionStmt"}:
        marked = _MARKS.search(data, statement.start, statement.end)
        return _of_function(statement.node) if marked else None
    if kind == "VariableSetStmt":
        if not statement.says(b"session"):
            return None
        node = statement.node
        if node.get("name") == "session_authorization" and node.get("kind") == "VAR_SET_VALUE":
            return "SET SESSION AUTHORIZATION", "SET ROLE serves, for roles that postgres is a member of"
        return None
    node = statement.node
    if kind == "CopyStmt":
        if node.get("is_program"):
            return "COPY with a program", "Load the rows from where you are: psql's \\copy, or the Dashboard's import"
        if "filename" in node:
            return "COPY with a file of the server", "Load the rows from where you are: psql's \\copy, or an import"
        return None
    return _DEFINED.get(str(node.get("kind"))) if kind == "DefineStmt" else None


def _of_function(node: dict[str, Any]) -> tuple[str, str] | None:
    for each in (*node.get("options", ()), *node.get("actions", ())):
        option = each["DefElem"]
        if option["defname"] == "leakproof" and option["arg"].get("Boolean", {}).get("boolval"):
            return "LEAKPROOF", "Leave the word out"
        if option["defname"] == "language" and option["arg"]["String"].get("sval", "").lower() in {"c", "internal"}:
            return f"a function in language {option['arg']['String']['sval']}", "Write it in SQL or PL/pgSQL"
    return None
