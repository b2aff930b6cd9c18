"""What can be read off the text of views and functions: where a view's columns come from, which data a body changes.

Both are for the documents alone; what cannot be read is left unsaid.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from ..schema.catalog import Catalog
from ..schema.names import qualified, quote_ident
from ..schema.objects.column import Column
from ..schema.objects.function import Function
from ..schema.objects.view import View
from ..schema.source import Statement

_WRITES = {"InsertStmt": "insert", "UpdateStmt": "update", "DeleteStmt": "delete", "MergeStmt": "merge"}


class Effect(msgspec.Struct, frozen=True, kw_only=True):
    """A statement of a body that changes data; ``dynamic``: one whose text is made at run time."""

    verb: str  # insert | update | delete | merge | truncate | dynamic
    relation: str = ""
    condition: str | None = None


def effects(function: Function, statements: Sequence[Statement]) -> tuple[Effect, ...] | None:
    """The static statements of a function's body that change data; None where the body cannot be read."""
    from ..schema.parser import ParseError

    try:
        if function.language == "sql":
            return tuple(_of_text(function.source)) if function.source else None
        if function.language == "plpgsql":
            return tuple(_of_plpgsql(function, statements))
    except (ParseError, ValueError, RecursionError):
        return None
    return None


def _of_plpgsql(function: Function, statements: Sequence[Statement]) -> Iterator[Effect]:
    from ..schema.parser import parse_plpgsql_json

    made = [
        statement.text
        for statement in statements
        if statement.kind == "CreateFunctionStmt" and function.source and function.source in statement.text
    ]
    if not made:
        raise ValueError(function.identity)
    yield from _walk(json.loads(parse_plpgsql_json(made[-1])))


def _walk(node: Any) -> Iterator[Effect]:
    if isinstance(node, list):
        for each in node:
            yield from _walk(each)
    elif isinstance(node, dict):
        for name, value in node.items():
            if name == "PLpgSQL_stmt_dynexecute":
                yield Effect(verb="dynamic")
            elif name == "PLpgSQL_stmt_execsql":
                yield from _of_text(value["sqlstmt"]["PLpgSQL_expr"]["query"])
            else:
                yield from _walk(value)


def _of_text(text: str) -> Iterator[Effect]:
    from ..schema.parser import parse_sql_json

    data = text.encode()
    for raw in json.loads(parse_sql_json(text)).get("stmts", []):
        start = raw.get("stmt_location", 0)
        piece = data[start : start + raw["stmt_len"] if raw.get("stmt_len") else len(data)].decode()
        ((kind, node),) = raw["stmt"].items()
        if kind in _WRITES:
            where = _where(piece) if "whereClause" in node else None
            yield Effect(verb=_WRITES[kind], relation=_name(node["relation"]), condition=where)
        elif kind == "TruncateStmt":
            for each in node["relations"]:
                yield Effect(verb="truncate", relation=_name(each["RangeVar"]))
        for clause in node.get("withClause", {}).get("ctes", []) if isinstance(node, dict) else ():
            ((inner, query),) = clause["CommonTableExpr"]["ctequery"].items()
            if inner in _WRITES:
                yield Effect(verb=_WRITES[inner], relation=_name(query["relation"]))


def _name(relation: Mapping[str, Any]) -> str:
    schema = relation.get("schemaname")
    return qualified(schema, relation["relname"]) if schema else str(relation["relname"])


def _where(text: str) -> str | None:
    """The condition between WHERE and what may follow it, outside all parentheses."""
    from ..schema.parser import scan

    depth, began, after = 0, None, len(text)
    for token in scan(text):
        if token.name in {"ASCII_40", "ASCII_91"}:
            depth += 1
        elif token.name in {"ASCII_41", "ASCII_93"}:
            depth -= 1
        elif depth == 0 and token.name == "WHERE" and began is None:
            began = token.end + 1
        elif depth == 0 and began is not None and token.name in {"RETURNING", "ON", "ASCII_59"}:
            after = token.start
            break
    return " ".join(text[began:after].split()) if began is not None else None


def lineage(catalog: Catalog, view: View) -> dict[str, tuple[str, ...]]:
    """From which columns of which relations each column of a view comes, as far as that can be told."""
    from sqlglot import exp, parse_one
    from sqlglot.errors import SqlglotError
    from sqlglot.lineage import lineage as trace
    from sqlglot.optimizer.qualify import qualify
    from sqlglot.optimizer.scope import build_scope

    if not view.definition or not view.knows("definition") or not view.knows("columns"):
        return {}
    found: dict[str, tuple[str, ...]] = {}
    shapes = _shapes(catalog, view)
    try:
        tree = qualify(
            parse_one(view.definition, dialect="postgres"),
            dialect="postgres",
            schema=shapes,
            validate_qualify_columns=False,
        )
        scope = build_scope(tree)
        names = [column.name for column in view.columns]
        selected = tree.named_selects if isinstance(tree, exp.Query) else []
        if scope is None or len(selected) != len(names):
            return {}
        for name, inside in zip(names, selected, strict=True):
            traced = trace(f'"{inside}"', tree, shapes, dialect="postgres", scope=scope).walk()
            leaves = (node for node in traced if not node.downstream)
            sources = (
                f"{_printed(node.source)}.{quote_ident(exp.to_column(node.name, dialect='postgres').name)}"
                for node in leaves
                if isinstance(node.source, exp.Table) and node.name != "*"
            )
            found[name] = tuple(dict.fromkeys(sources))
    except (SqlglotError, ValueError, RecursionError, KeyError):
        return {}
    return found


def _printed(table: Any) -> str:
    return qualified(table.db, table.name) if table.db else str(table.name)


def _shapes(catalog: Catalog, view: View) -> dict[str, Any]:
    """The relations that a view reads, as nested names: schema, relation, column, type."""
    from ..schema.objects.table import Table

    shapes: dict[str, Any] = {}
    for edge in catalog.depends_on(view.key):
        owner = catalog.find(edge.on)
        identity = owner.table if isinstance(owner, Column) else edge.on[1]
        relation = catalog.get(Table, identity) or catalog.get(View, identity)
        if relation is None:
            continue
        columns: dict[str, str] = (
            {column.name: column.type for column in catalog.children(identity, Column)}
            if isinstance(relation, Table)
            else {column.name: column.type or "text" for column in relation.columns}
        )
        if columns:
            shapes.setdefault(relation.schema, {})[relation.name] = columns
    return shapes
