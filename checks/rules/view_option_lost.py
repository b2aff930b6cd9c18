"""CREATE OR REPLACE VIEW without its WITH clause switched ``security_invoker`` off again.

Replacing a view replaces its options too: what the statement does not repeat is gone, without a notice. The view then
reads with the rights of its owner, and shows what the policies of its tables hide.

Found are views that had ``security_invoker`` on, by CREATE VIEW or ALTER VIEW, and lost it in that way. Whoever
writes ``security_invoker = false``, or resets it, means it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...schema.names import qualified
from ...schema.objects.view import View
from ...schema.source import Statement
from ..finding import Level, Related
from ..rule import Fault, Rule
from ..schema import Schema

rule = Rule(__name__, level=Level.ERROR, about=View)

_ON = {"on", "true", "1", "yes"}


@rule
def check(view: View, schema: Schema) -> Iterator[Fault]:
    """Follow the option through the statements about each view that does not have it in the end."""
    if view.relation_kind != "view" or not view.knows("options") or view.security_invoker:
        return
    if any(option.startswith("security_invoker=") for option in view.options):
        return
    given: Statement | None = None
    lost: tuple[Statement, Statement] | None = None  # where it was given, and where it was lost
    for statement in _about(view, schema):
        value = _option(statement)
        if statement.kind == "ViewStmt" and value is None:
            if given is not None and statement.node.get("replace"):
                lost = (given, statement)
            given = None
        elif value is not None:
            given, lost = (statement if value else None), None
    if lost is not None:
        yield Fault(
            view,
            f"{view.identity} lost security_invoker: CREATE OR REPLACE VIEW without WITH resets it",
            why=(f"{view.identity} now reads with the rights of its owner {view.owner}, past row level security",),
            remedy="Give it back, and repeat  with (security_invoker = on)  whenever the view is replaced:",
            sql=f"alter view {view.identity} set (security_invoker = on);",
            related=(Related(lost[0].location, "here it was on"),),
            at=lost[1].location,
        )


def _about(view: View, schema: Schema) -> Iterator[Statement]:
    """The statements that make a view of this name, drop it, or set its options."""
    name = view.name.encode()
    for statement in schema.statements_of_kind("ViewStmt", "AlterTableStmt", "DropStmt"):
        data = statement.source.data
        if data.find(name, statement.start, statement.end) < 0:
            continue
        node = statement.node
        if statement.kind == "DropStmt":
            if node.get("removeType") == "OBJECT_VIEW" and view.identity in map(_name, node.get("objects", ())):
                yield statement
        elif _identity(node.get("view") or node.get("relation") or {}) == view.identity:
            yield statement


def _identity(rangevar: dict[str, Any]) -> str:
    return qualified(rangevar.get("schemaname") or "public", rangevar.get("relname", ""))


def _name(node: dict[str, Any]) -> str:
    parts = [str(each["String"].get("sval", "")) for each in node.get("List", {}).get("items", ())]
    return qualified(parts[-2] if len(parts) > 1 else "public", parts[-1]) if parts else ""


def _option(statement: Statement) -> bool | None:
    """Whether the statement gives the option (True), takes it away by name (False), or does not speak of it."""
    node = statement.node
    if statement.kind == "DropStmt":
        return False
    options = [each["DefElem"] for each in node.get("options", ())] if statement.kind == "ViewStmt" else []
    for each in node.get("cmds", ()):
        command = each["AlterTableCmd"]
        if command["subtype"] in {"AT_SetRelOptions", "AT_ResetRelOptions"}:
            reset = command["subtype"] == "AT_ResetRelOptions"
            for item in command.get("def", {}).get("List", {}).get("items", ()):
                if item["DefElem"]["defname"] == "security_invoker" and reset:
                    return False
                options.append(item["DefElem"])
    for option in options:
        if option["defname"] == "security_invoker":
            return _value(option.get("arg")) in _ON
    return None


def _value(node: dict[str, Any] | None) -> str:
    """The text of an option's value; one that is not written is true."""
    if not node:
        return "true"
    ((kind, value),) = node.items()
    if kind == "Boolean":
        return "true" if value.get("boolval") else "false"
    if kind == "Integer":
        return str(value.get("ival", 0))
    return str(value.get("sval") or value.get("names", [{}])[-1].get("String", {}).get("sval", "")).lower()
