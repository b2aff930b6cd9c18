"""What names what, kind by kind: the fields of an object that a rename changes, and what they are then."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from .meaning.scope import attribute_parts
from .names import quote_ident
from .store import HIDDEN

if TYPE_CHECKING:
    from collections.abc import Callable

    from .rename import Change

LOST: Any = object()  # instead of a text that could not be read again


def _column(change: Change, o: Any) -> dict[str, Any]:
    return {
        "table": change.identity(("table",), o.table),
        "type": change.type(o.type),
        "default": change.expression(o.default),
        "generated": change.expression(o.generated, o.table),
        "collation": change.collation(o.collation),
    }


def _constraint(change: Change, o: Any) -> dict[str, Any]:
    domain = ("type", o.table) in change.catalog
    expression = change.expression(o.expression, None if domain else o.table, values=("value",) if domain else ())
    references = change.identity(("table",), o.references)
    if o.type == "check":
        definition = LOST if expression is LOST else o.definition.replace(o.expression or "", expression or "")
    elif o.type == "foreign_key":
        definition = _foreign_key(change, o, references)
    else:
        definition = change.words(o.table, o.definition)
    return {
        "table": change.identity(("table", "type"), o.table),
        "columns": change.columns(o.table, o.columns),
        "expression": expression,
        "definition": definition,
        "references": references,
        "referenced_columns": change.columns(o.references or "", o.referenced_columns),
        "index": change.identity(("index",), o.index),
    }


def _foreign_key(change: Change, o: Any, references: str | None) -> str:
    """``FOREIGN KEY (own) REFERENCES table(theirs) ... SET NULL (own)``, each part with its own table's names."""
    head, word, tail = o.definition.partition(" REFERENCES ")
    if not word or o.references is None:
        return change.words(o.table, o.definition)
    if tail.startswith(o.references):
        rest = tail[len(o.references) :]
        theirs, close, actions = rest.partition(")") if rest.startswith("(") else ("", "", rest)
        tail = f"{references}{change.words(o.references, theirs)}{close}{change.words(o.table, actions)}"
    return f"{change.words(o.table, head)}{word}{tail}"


def _index(change: Change, o: Any) -> dict[str, Any]:
    table = change.identity(("table", "view"), o.table)
    columns = change.keys(o.table, o.columns)
    predicate = change.expression(o.predicate, o.table)
    return {
        "table": table,
        "columns": columns,
        "include": change.columns(o.table, o.include),
        "predicate": predicate,
        "keys": change.columns(o.table, o.keys),
        "reads": frozenset(change.columns(o.table, o.reads)),
    }


def _policy(change: Change, o: Any) -> dict[str, Any]:
    return {
        "table": change.identity(("table",), o.table),
        "using": change.expression(o.using, o.table),
        "check": change.expression(o.check, o.table),
    }


def _trigger(change: Change, o: Any) -> dict[str, Any]:
    return {
        "table": change.identity(("table", "view"), o.table),
        "events": tuple(e if e[:7] != "update " else change.words(o.table, e) for e in o.events),
        "function": change.identity(("function",), o.function),
        "condition": change.expression(o.condition, o.table, aliases=("new", "old")),
    }


def _event_trigger(change: Change, o: Any) -> dict[str, Any]:
    return {"function": change.identity(("function",), o.function)}


def _view(change: Change, o: Any) -> dict[str, Any]:
    columns = tuple(replace(each, type=change.type(each.type)) for each in o.columns)
    return {"definition": change.query(o.definition), "columns": columns}


def _sequence(change: Change, o: Any) -> dict[str, Any]:
    return {"owned_by": change.identity(("column",), o.owned_by)}


def _function(change: Change, o: Any) -> dict[str, Any]:
    arguments = tuple(replace(a, type=change.type(a.type), default=change.expression(a.default)) for a in o.arguments)
    lost = any(a.default is LOST for a in arguments)
    body = o.body
    if body and not o.source and any(needle in body.lower() for needle in change.needles):
        body = LOST
    return {"arguments": LOST if lost else arguments, "returns": change.type(o.returns), "body": body}


def _type(change: Change, o: Any) -> dict[str, Any]:
    return {
        "base": change.type(o.base),
        "default": change.expression(o.default),
        "attributes_": tuple(_attribute(change, each) for each in o.attributes_),
    }


def _attribute(change: Change, text: str) -> str:
    """One attribute of a composite type: its name and its type."""
    name, printed = attribute_parts(text)
    return f"{quote_ident(name)} {change.type(printed)}"


def _table(change: Change, o: Any) -> dict[str, Any]:
    key = None if o.partition_key is None else change.words(o.identity, o.partition_key)
    return {
        "partition_of": change.identity(("table",), o.partition_of),
        "inherits": tuple(change.identity(("table",), each) for each in o.inherits),
        "partition_key": key,
        "server": change.bystander("server", o.server),
    }


def _bystander(change: Change, o: Any) -> dict[str, Any]:
    types = o.types and tuple(change.type(each) for each in o.types)
    of = change.bystander("server", o.of) if o.label == "user mapping" else o.of
    return {
        "schema": change.identity(("schema",), o.schema),
        "table": change.identity(("table", "view"), o.table),
        "types": types,
        "of": of,
    }


def _publication_member(change: Change, o: Any) -> dict[str, Any]:
    return {
        "table": change.identity(("table",), o.table),
        "columns": change.columns(o.table or "", o.columns),
        "row_filter": change.expression(o.row_filter, o.table),
    }


UPDATES: dict[str, Callable[[Change, Any], dict[str, Any]]] = {
    "column": _column,
    "constraint": _constraint,
    "index": _index,
    "policy": _policy,
    "trigger": _trigger,
    "event_trigger": _event_trigger,
    "view": _view,
    "sequence": _sequence,
    "function": _function,
    "type": _type,
    "table": _table,
    "publication_member": _publication_member,
    HIDDEN: _bystander,
}
