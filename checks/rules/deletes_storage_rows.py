"""Rows of ``storage.objects`` or ``storage.buckets`` are deleted by SQL: refused with 42501.

The row is only the entry: the file would stay where it is, paid for and out of reach. A trigger of the platform
therefore refuses every DELETE and TRUNCATE there: "Direct deletion from storage tables is not allowed. Use the
Storage API instead."

Found are statements of the migrations, and those that stand as such in the bodies of functions, which then fail each
time they run. A text that sets ``storage.allow_delete_query`` knows what it does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ...schema.objects.function import Function
from ...schema.pattern import lazy
from ...schema.source import Statement
from ..conditions.expressions import nodes
from ..finding import Level
from ..rule import Fault, Rule
from ..schema import Schema
from ..topic import Topic

rule = Rule(
    __name__,
    level=Level.ERROR,
    about=Statement,
    kinds=("DeleteStmt", "TruncateStmt", "SelectStmt", "DoStmt"),
    topic=Topic.STORAGE,
)

_TABLES = {"objects", "buckets"}
_LIFTS = "storage.allow_delete_query"
# In a body: a comment or a literal is passed over, so that what stands in one is no statement
_WRITTEN = lazy(
    r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'"
    r"|\bdelete\s+from\s+(?:only\s+)?(?:storage|\"storage\")\s*\.\s*\"?(objects|buckets)\b",
    re.IGNORECASE | re.DOTALL,
)


@rule
def check(statement: Statement, schema: Schema) -> Iterator[Fault]:
    """Look for DELETE and TRUNCATE of the platform's rows."""
    data = statement.source.data
    if schema.target.platform != "supabase" or data.find(b"storage", statement.start, statement.end) < 0:
        return
    if statement.kind == "DoStmt":
        named = _in_body(statement.source.slice(statement.start, statement.end))
    elif statement.kind == "SelectStmt" and b"delete" not in data[statement.start : statement.end].lower():
        return
    else:
        named = next(_deleted({statement.kind: statement.node}), None)
    if named and not _lifted(statement):
        yield Fault(
            statement,
            f"the platform refuses this: rows of storage.{named} are not deleted by SQL (42501)",
            why=("the trigger protect_" + named + "_delete refuses it, so that no file is left without its row",),
            remedy="Delete files and buckets by the Storage API or in the Dashboard, and leave this out",
        )


@rule.also(Function)
def check_body(function: Function, schema: Schema) -> Iterator[Fault]:
    """Look for the same in what functions do."""
    if schema.target.platform != "supabase" or not function.knows("body") or "storage" not in function.source:
        return
    if named := _in_body(function.source):
        yield Fault(
            function,
            f"{function.identity} deletes rows of storage.{named}, which the platform refuses (42501): it fails",
            why=("the trigger protect_" + named + "_delete refuses it, so that no file is left without its row",),
            remedy="Let an Edge Function or the client delete files by the Storage API",
        )


def _in_body(text: str) -> str | None:
    if _LIFTS in text:
        return None
    return next((match[1].lower() for match in _WRITTEN.finditer(text) if match[1]), None)


def _deleted(tree: dict[str, Any]) -> Iterator[str]:
    """The tables of storage that a statement, or a common table expression in it, deletes from."""
    for name, node in nodes(tree):
        relations = [node.get("relation", {})] if name == "DeleteStmt" else []
        if name == "TruncateStmt":
            relations = [each["RangeVar"] for each in node.get("relations", ())]
        for each in relations:
            if each.get("schemaname") == "storage" and each.get("relname") in _TABLES:
                yield each["relname"]


def _lifted(statement: Statement) -> bool:
    """Whether an earlier statement of the file lifts the refusal."""
    return statement.source.data.find(_LIFTS.encode(), 0, statement.start) >= 0
