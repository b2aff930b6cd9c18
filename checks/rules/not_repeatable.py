"""A file that can otherwise run twice has statements that cannot.

CREATE POLICY, CREATE TYPE and ADD CONSTRAINT know no IF NOT EXISTS: on the second run they fail, and the
paste with them. A bundle's own guard answers a second run before it comes to that.

Told once per file, and only where nothing else in the file would fail first: a file with a plain CREATE
TABLE is meant to run once.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
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

Dropped = dict[str, set[tuple[str, ...]]]  # by kind: the names, each with its table's before it, or that alone

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
_MEMBERS = {  # statements that know none: what they make, and what their node calls its table and itself
    "CreatePolicyStmt": ("CREATE POLICY", "policy", "table", "policy_name"),
    "CreateTrigStmt": ("CREATE TRIGGER", "trigger", "relation", "trigname"),
}
_MATTER = {"AlterTableStmt", "DropStmt", *_MEMBERS, *_TYPES, *_PLAIN}
# A statement that begins so is guarded: it need not be read
_GUARDED = lazy(rb"create\s+(?:or\s+replace\b|(?:\w+\s+){1,3}if\s+not\s+exists\b)", re.IGNORECASE)
# One that begins so makes an index with a name
_NAMED = lazy(rb"create\s+(?:unique\s+)?index\s+(?!(?:on|concurrently|if)\b)[a-z_]", re.IGNORECASE)


@rule
def check(source: Source, schema: Schema) -> Iterator[Fault]:
    """Look for statements that fail on a second run, in a file that is otherwise guarded."""
    statements = [each for each in schema.statements_of[source.path] if each.kind in _MATTER]
    drops = [each for each in statements if each.kind == "DropStmt"]
    if any(_is_plain(each, drops) for each in statements):
        return
    dropped: Dropped = {}
    found: list[tuple[Statement, str]] = []
    for statement in statements:
        if _GUARDED.match(source.data, statement.start, statement.end):
            continue
        for what, *names in _dropped(statement):
            dropped.setdefault(what, set()).add(tuple(names))
        if _is_once(statement, dropped):
            return
        found += [(statement, what) for what in _unguarded(statement, dropped)]
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


def _is_plain(statement: Statement, drops: Collection[Statement]) -> bool:
    """Whether the texts alone show that nothing guards a statement that could be (of an index they do not)."""
    kind = statement.kind
    if kind not in _PLAIN or kind == "IndexStmt" or statement.says(b"exists", b"replace"):
        return False
    taking = (b"function",) if kind == "CreateFunctionStmt" else (b"table", b"view", b"sequence")
    return not any(each.says(*taking) for each in drops)


def _is_once(statement: Statement, dropped: Dropped) -> bool:
    """Whether a statement that could be guarded is not: the file is meant to run once."""
    kind = statement.kind
    if kind == "AlterTableStmt":
        commands = [each["AlterTableCmd"] for each in statement.node.get("cmds", ())] if statement.says(b"add") else []
        return any(each["subtype"] == "AT_AddColumn" and not each.get("missing_ok") for each in commands)
    if kind == "IndexStmt" and "index" not in dropped and _NAMED.match(statement.source.data, statement.start):
        return True
    guard = _PLAIN.get(kind)
    if guard is None or (node := statement.node).get(guard):
        return False
    name = _name(node.get("relation") or node.get("view") or node.get("into", {}).get("rel") or node.get("sequence"))
    if kind == "IndexStmt":
        return "idxname" in node and (str(node["idxname"]),) not in dropped.get("index", ())
    if kind == "CreateFunctionStmt":
        return (_last(node.get("funcname")),) not in dropped.get("function", ())
    return not any((name,) in dropped.get(each, ()) for each in ("table", "view", "sequence"))


def _unguarded(statement: Statement, dropped: Dropped) -> Iterator[str]:
    """What a statement makes that knows no IF NOT EXISTS, and that nothing dropped before.

    Where nothing of its kind was dropped, its name need not be read.
    """
    kind = statement.kind
    if kind in _MEMBERS:
        word, what, table, name = _MEMBERS[kind]
        gone = dropped.get(what)
        if statement.says(b"replace") and statement.node.get("replace"):
            return
        if not gone or not _is_among(gone, _name(statement.node.get(table)), str(statement.node.get(name))):
            yield word
    elif field := _TYPES.get(kind):
        gone = dropped.get("type")
        if not gone or not _is_among(gone, _name_of_type(statement.node.get(field))):
            yield "CREATE DOMAIN" if kind == "CreateDomainStmt" else "CREATE TYPE"
    elif kind == "AlterTableStmt" and statement.says(b"constraint"):
        for each in statement.node.get("cmds", ()):
            command = each["AlterTableCmd"]
            name = command.get("def", {}).get("Constraint", {}).get("conname")
            if command["subtype"] == "AT_AddConstraint" and name:
                gone = dropped.get("constraint")
                if not gone or not _is_among(gone, _name(statement.node.get("relation")), name):
                    yield "ADD CONSTRAINT"


def _is_among(dropped: Collection[tuple[str, ...]], *path: str) -> bool:
    """Whether something was dropped by its name, or with its table."""
    return any(path[: len(each)] == each for each in dropped)


def _dropped(statement: Statement) -> Iterator[tuple[str, ...]]:
    """What a statement drops if it exists; a table takes its policies, triggers and constraints along."""
    kind = statement.kind
    if kind not in {"AlterTableStmt", "DropStmt"} or not statement.says(b"exists") or not statement.says(b"drop"):
        return
    node = statement.node
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


def _name_of_type(name: Any) -> str:
    return _name(name) if isinstance(name, dict) else _last(name)


def _last(names: Any) -> str:
    return str(names[-1].get("String", {}).get("sval", "")) if names else ""
