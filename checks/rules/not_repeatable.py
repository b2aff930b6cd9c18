"""A file that can otherwise run twice has statements that cannot.

CREATE POLICY, CREATE TYPE and ADD CONSTRAINT know no IF NOT EXISTS: on the second run they fail, and the
paste with them. A bundle's own guard answers a second run before it comes to that.

Told once per file, and only where nothing else in the file would fail first: a file with a plain CREATE
TABLE is meant to run once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ...schema.pattern import lazy
from ...schema.source import Source, Statement
from ..conditions.expressions import nodes
from ..finding import Level, Related
from ..rule import Fault, Rule
from ..schema import Schema
from ..topic import Topic
from ..words import counted

rule = Rule(__name__, level=Level.INFO, about=Source, topic=Topic.PASTE)

Thing = tuple[str, ...]

_TYPES = {
    "CompositeTypeStmt": "typevar",
    "CreateDomainStmt": "domainname",
    "CreateEnumStmt": "typeName",
    "CreateRangeStmt": "typeName",
}
_PLAIN = {  # statements that know a guard: what their node says when it is used
    "CreateExtensionStmt": "if_not_exists",
    "CreateForeignTableStmt": "if_not_exists",
    "CreateFunctionStmt": "replace",
    "CreateSchemaStmt": "if_not_exists",
    "CreateSeqStmt": "if_not_exists",
    "CreateStmt": "if_not_exists",
    "CreateTableAsStmt": "if_not_exists",
    "IndexStmt": "if_not_exists",
    "ViewStmt": "replace",
}
_MATTER = {"AlterTableStmt", "CreatePolicyStmt", "CreateTrigStmt", "DropStmt", *_TYPES, *_PLAIN}
# A statement that begins so is guarded: it need not be read
_GUARDED = lazy(rb"create\s+(?:or\s+replace\b|(?:\w+\s+){1,3}if\s+not\s+exists\b)", re.IGNORECASE)


@rule
def check(source: Source, schema: Schema) -> Iterator[Fault]:
    """Look for statements that fail on a second run, in a file that is otherwise guarded."""
    dropped: set[Thing] = set()
    found: list[tuple[Statement, str]] = []
    statements = [
        each
        for each in schema.statements_of[source.path]
        if each.kind in _MATTER and not _GUARDED.match(source.data, each.start, each.end)
    ]
    if b"drop" not in source.data.lower() and any(map(_is_plain, statements)):
        return
    for statement in statements:
        dropped.update(_dropped(statement))
        if _is_once(statement, dropped):
            return
        for what, thing in _unguarded(statement):
            if not any(thing[: len(each)] == each for each in dropped):
                found.append((statement, what))
    if found:
        first, what = found[0]
        others = f" and {counted(len(found) - 1, 'more statement')}" if len(found) > 1 else ""
        fails = "fails" if len(found) == 1 else "fail"
        yield Fault(
            first,
            f"{what}{others} {fails} on a second run; the rest of this file can run twice",
            remedy="Put DROP ... IF EXISTS before it",
            related=tuple(Related(statement.location, f"{what} fails as well") for statement, what in found[1:]),
        )


def _is_plain(statement: Statement) -> bool:
    """Whether the text alone shows that nothing guards a statement that could be (of an index it does not)."""
    plain = statement.kind in _PLAIN and statement.kind != "IndexStmt"
    return plain and not statement.says(b"exists", b"replace")


def _is_once(statement: Statement, dropped: set[Thing]) -> bool:
    """Whether a statement that could be guarded is not: the file is meant to run once."""
    kind, node = statement.kind, statement.node
    if kind == "AlterTableStmt":
        commands = [each["AlterTableCmd"] for each in node.get("cmds", ())]
        return any(each["subtype"] == "AT_AddColumn" and not each.get("missing_ok") for each in commands)
    guard = _PLAIN.get(kind)
    if guard is None or node.get(guard):
        return False
    name = _name(node.get("relation") or node.get("view") or node.get("into", {}).get("rel") or node.get("sequence"))
    if kind == "IndexStmt":
        return "idxname" in node and ("index", str(node["idxname"])) not in dropped
    if kind == "CreateFunctionStmt":
        return ("function", _last(node.get("funcname"))) not in dropped
    return not {(each, name) for each in ("table", "view", "sequence")} & dropped


def _unguarded(statement: Statement) -> Iterator[tuple[str, Thing]]:
    """What a statement makes that knows no IF NOT EXISTS, and by which name it would be dropped."""
    kind, node = statement.kind, statement.node
    if kind == "CreatePolicyStmt":
        yield "CREATE POLICY", ("policy", _name(node.get("table")), str(node.get("policy_name")))
    elif kind == "CreateTrigStmt" and not node.get("replace"):
        yield "CREATE TRIGGER", ("trigger", _name(node.get("relation")), str(node.get("trigname")))
    elif field := _TYPES.get(kind):
        name = node.get(field)
        word = "CREATE DOMAIN" if kind == "CreateDomainStmt" else "CREATE TYPE"
        yield word, ("type", _name(name) if isinstance(name, dict) else _last(name))
    elif kind == "AlterTableStmt":
        for each in node.get("cmds", ()):
            command = each["AlterTableCmd"]
            name = command.get("def", {}).get("Constraint", {}).get("conname")
            if command["subtype"] == "AT_AddConstraint" and name:
                yield "ADD CONSTRAINT", ("constraint", _name(node.get("relation")), name)


def _dropped(statement: Statement) -> Iterator[Thing]:
    """What a statement drops if it exists; a table takes its policies, triggers and constraints along."""
    kind, node = statement.kind, statement.node
    if kind == "DropStmt" and node.get("missing_ok"):
        what = str(node.get("removeType", "")).removeprefix("OBJECT_").lower()
        for each in node.get("objects", ()):
            names = [inner["sval"] for name, inner in nodes(each) if name == "String" and "sval" in inner]
            if what in {"policy", "trigger"}:
                yield what, names[-2], names[-1]
            elif what == "function":
                yield what, _last(each.get("ObjectWithArgs", {}).get("objname"))
            else:
                yield "type" if what == "domain" else what, names[-1]
            if what == "table":
                yield from ((member, names[-1]) for member in ("policy", "trigger", "constraint"))
    elif kind == "AlterTableStmt":
        for each in node.get("cmds", ()):
            command = each["AlterTableCmd"]
            if command["subtype"] == "AT_DropConstraint" and command.get("missing_ok"):
                yield "constraint", _name(node.get("relation")), command.get("name", "")


def _name(relation: Any) -> str:
    return str((relation or {}).get("relname", ""))


def _last(names: Any) -> str:
    return str(names[-1].get("String", {}).get("sval", "")) if names else ""
