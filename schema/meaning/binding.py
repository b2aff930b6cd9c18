"""Expressions and queries of statements: their names resolved, their text qualified, their result columns.

PostgreSQL's parse analysis is followed as far as a name's meaning needs. Where something is not known (an assumed
table's columns, a function's result), nothing is said about it: a type is None, a name that may be there no error.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from ..parser import node_of
from .outline import of_query, of_tree
from .queries import Binder
from .remembered import Tables, remembered, remembered_alike, remembered_of
from .result_types import UNKNOWN, Types, Untyped
from .scope import Entry, Item, Scope

if TYPE_CHECKING:
    from ..catalog import Catalog, Key, Node, Object
    from ..objects.view import ViewColumn
    from ..source import Statement
    from ..text.clauses import Span


class Bound(msgspec.Struct, frozen=True):
    """An expression: its qualified text, the objects it reads, the columns of its own table, its type.

    ``edited``: the text is not as it was written.
    """

    text: str
    refs: tuple[Key, ...]
    columns: frozenset[str]
    type: str | None = None
    edited: bool = False


class BoundQuery(msgspec.Struct, frozen=True):
    """A query: its qualified text, the objects it reads, its result columns; ``known``: that is all of them."""

    text: str
    refs: tuple[Key, ...]
    columns: tuple[ViewColumn, ...]
    known: bool
    edited: bool = False


def bind(
    catalog: Catalog,
    statement: Statement,
    node: Node | msgspec.Raw,
    span: Span,
    table: Object | None = None,
    *,
    aliases: Mapping[str, Object] | None = None,
    values: Mapping[str, str | None] | None = None,
) -> Bound:
    """Resolve an expression that stands in ``span`` of a statement.

    Its columns are those of ``table``, of the relations under ``aliases`` (a trigger's NEW and OLD), and the
    ``values`` by name with their types (a domain's VALUE, a function's parameters). Raises 42703, 42P01, 42883
    and 42702 where the server is sure to; a relation or function that nothing made is recorded as missing.
    """
    if aliases or values or span[0] >= span[1] or (table is not None and table.kind != "table"):
        return _bind(catalog, statement, node_of(node), span, table, aliases=aliases, values=values)
    text = statement.source.data[span[0] : span[1]]

    def work_out(reading: Catalog) -> Bound:
        return _bind(reading, statement, node_of(node), span, table)

    if table is None:
        return remembered(catalog, ("expression", text), work_out)

    def moved(bound: Bound, old: Tables, new: Tables) -> Bound:
        written = bound.text if bound.edited else text.decode()
        return Bound(written, _moved(bound.refs, old, new), bound.columns, bound.type, bound.edited)

    return remembered_of(catalog, text, table, work_out, moved, tree=node)


def _moved(refs: Sequence[Key], old: Tables, new: Tables) -> tuple[Key, ...]:
    """What an expression reads, with other tables and their columns in the place of its own."""
    tables = [
        (before.key, now.key, f"{before.identity}.", f"{now.identity}.") for before, now in zip(old, new, strict=True)
    ]
    found = []
    for ref in refs:
        moved = ref
        for before, now, columns, others in tables:
            if ref == before:
                moved = now
            elif ref[0] == "column" and ref[1].startswith(columns):
                moved = ("column", others + ref[1][len(columns) :])
        found.append(moved)
    return tuple(found)


def _bind(
    catalog: Catalog,
    statement: Statement,
    node: Node,
    span: Span,
    table: Object | None,
    *,
    aliases: Mapping[str, Object] | None = None,
    values: Mapping[str, str | None] | None = None,
) -> Bound:
    binder = Binder(catalog, statement, types=_types(catalog))
    scope = Scope(values=values)
    entries = [Entry(name, None, obj) for name, obj in (aliases or {}).items()]
    if table is not None:
        entries.append(Entry(str(getattr(table, "name", "")), None, table, aliased=False))
    scope.items = [Item([entry], {}) for entry in entries]
    kind = binder.expression(node, scope)
    columns: frozenset[str] = frozenset()
    if table is not None and binder.refs:
        prefix = table.identity + "."
        columns = frozenset(
            str(getattr(catalog.find(key), "name", ""))
            for key in binder.refs
            if key[0] == "column" and key[1].startswith(prefix)
        )
    if table is not None and table.kind == "table" and not table.knows("columns"):
        columns |= binder.unknown_columns
    return Bound(binder.text(span), tuple(binder.refs), columns, kind, bool(binder.edits))


def query(
    catalog: Catalog, statement: Statement, node: Node | msgspec.Raw, span: Span, *, aliases: Sequence[str] = ()
) -> BoundQuery:
    """Resolve a SELECT (or VALUES, TABLE) that stands in ``span`` of a statement; errors are as in ``bind``.

    ``aliases`` are names for the first columns, given outside the query: its text then gives them.
    """

    def work_out(reading: Catalog) -> BoundQuery:
        return _query(reading, statement, node_of(node), span, aliases)

    def moved(bound: BoundQuery, old: Tables, new: Tables) -> BoundQuery:
        text = statement.source.data[slice(*span)].decode()
        return BoundQuery(text, _moved(bound.refs, old, new), bound.columns, bound.known)

    context = ("query", *aliases)
    outline = of_query(catalog, statement.source.data[slice(*span)], context) or of_tree(catalog, node, context)
    return remembered_alike(catalog, outline, work_out, moved)


def _query(catalog: Catalog, statement: Statement, node: Node, span: Span, aliases: Sequence[str]) -> BoundQuery:
    from ..objects.view import ViewColumn

    types = _types(catalog)
    binder = Binder(catalog, statement, types=types)
    ((tag, body),) = node.items()
    outputs = binder.command(tag, body, Scope(), aliases)
    columns = tuple(ViewColumn(o.name, "text" if o.type == UNKNOWN else o.type) for o in outputs or ())
    return BoundQuery(binder.text(span), tuple(binder.refs), columns, outputs is not None, bool(binder.edits))


def _types(catalog: Catalog) -> Untyped:
    """What tells of types: with the table of built-in calls, which is worth its time for the user's statements."""
    return Types(catalog) if catalog.origin == "made" else Untyped()
