"""What the body of a function does with tables: which it reads, which it changes, which functions it calls.

A body is text that the server reads when it runs. Here its SQL is read beforehand, with PostgreSQL's own parsers;
what only a run shows (EXECUTE of a text, another language) makes the answer ``open``: there may be more.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec

from ..schema.names import name_of
from ..schema.objects.function import Function
from ..schema.objects.view import View
from ..schema.pattern import lazy
from ..schema.session import split_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..schema.catalog import Catalog, Key, Object

Node = dict[str, Any]

_CHANGES = {"InsertStmt": "insert", "UpdateStmt": "update", "DeleteStmt": "delete", "MergeStmt": "merge"}
_MERGED = ("insert", "update", "delete")
_LEAVES = frozenset({"A_Const", "ColumnRef", "Integer", "String"})  # nodes that neither read nor call anything
_NAMING = {"RangeVar", "FuncCall", *_CHANGES}
_DYNAMIC = frozenset({"PLpgSQL_stmt_dynexecute", "PLpgSQL_stmt_dynfors"})
_DIGEST = lazy("[0-9a-f]{32}")
_DEFAULT_PATH = ("public", "extensions")


class Mention(msgspec.Struct, frozen=True):
    """A name in a body, as written (its schema is None where none stands there), and what is done with it.

    ``what`` is select, insert, update or delete for a relation, and execute for a function.
    """

    schema: str | None
    name: str
    what: str


class Body(msgspec.Struct, frozen=True):
    """All that a body names; ``open`` where it may do more than what it names."""

    mentions: tuple[Mention, ...] = ()
    open: bool = False


def body_of(function: Function) -> Body:
    """Read a function's body; ``open`` and empty where it is in no language that is read here."""
    if not all(map(function.knows, ("source", "body", "language"))):
        return Body(open=True)
    if not function.source and _DIGEST.fullmatch(function.body or ""):
        return Body(open=True)  # read from a live catalog, which gives the digest alone
    if function.language == "plpgsql":
        from ..schema.procedures.plpgsql import signature_of

        return _plpgsql(function.source, signature_of(function))
    if function.language == "sql":
        return _sql(function.source or _standard(function.body or ""))
    return Body(open=True)


def _standard(body: str) -> str:
    """The statements of a BEGIN ATOMIC or RETURN body as a text that the parser takes."""
    from ..schema.objects.function_body import parts

    return ";\n".join(f"select {each[6:]}" if each[:6].lower() == "return" else each for each in parts(body))


@lru_cache(256)  # trees are large, and rules are asked about one object after the other
def _sql(text: str) -> Body:
    trees = trees_of(text)
    return Body(open=True) if trees is None else Body(mentions(trees))


@lru_cache(256)
def _plpgsql(text: str, signature: str) -> Body:
    from ..schema.procedures.plpgsql import tree_of

    tree = tree_of(text, signature)
    if tree is None:
        return Body(open=True)
    found: dict[Mention, None] = {}
    unread = False
    for name, node in _nodes(tree):
        if name in _DYNAMIC or "dynquery" in node:
            unread = True
        if name == "PLpgSQL_expr":
            trees = _of_expression(str(node.get("query", "")))
            if trees is None:
                unread = True
            else:
                found.update(dict.fromkeys(mentions(trees)))
    return Body(tuple(found), unread)


def _of_expression(query: str) -> list[Node] | None:
    """The trees of a piece of SQL in PL/pgSQL: a statement, an expression, or an assignment."""
    _, assigned, value = query.partition(":=")
    for text in (query, f"select {query}", f"select {value}" if assigned else ""):
        if text and (trees := trees_of(text)) is not None:
            return trees
    return None


def mentions(trees: Any) -> tuple[Mention, ...]:
    """What statements, or an expression's tree, name, each once; common table expressions are no relations."""
    found: dict[Mention, None] = {}
    _collect(trees, frozenset(), found)
    return tuple(found)


def certain_statements(function: Function) -> list[Node]:
    """The trees of the SQL in a body of PL/pgSQL whose failure is the function's: no handler stands around it.

    What the body makes for itself (temporary tables) is among them; text that is executed is not.
    """
    from ..schema.procedures.plpgsql import signature_of, tree_of

    tree = tree_of(function.source, signature_of(function)) if function.language == "plpgsql" else None
    found: list[Node] = []
    for query in _unhandled(tree or {}):
        found += _of_expression(query) or ()
    return found


def _unhandled(tree: Any) -> Iterator[str]:
    if isinstance(tree, list):
        for each in tree:
            yield from _unhandled(each)
    elif isinstance(tree, dict):
        for name, node in tree.items():
            if name == "PLpgSQL_expr":
                yield str(node.get("query", ""))
            elif name == "PLpgSQL_stmt_block" and "exceptions" in node:
                yield from _unhandled(node["exceptions"])
            elif name not in {"datums", *_DYNAMIC}:
                yield from _unhandled(node)


def trees_of(text: str) -> list[Node] | None:
    """Parse statements; None where the text does not parse."""
    from ..schema.parser import ParseError, parse_sql_json

    try:
        statements = msgspec.json.decode(parse_sql_json(text)).get("stmts", ())
    except (ParseError, msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        return None
    return [each["stmt"] for each in statements if "stmt" in each]


def _nodes(tree: Any) -> Iterator[tuple[str, Node]]:
    stack = [tree]
    while stack:
        each = stack.pop()
        if isinstance(each, dict):
            for name, value in each.items():
                if isinstance(value, dict) and name[0].isupper():
                    yield name, value
                stack.append(value)
        elif isinstance(each, list):
            stack.extend(each)


def _collect(tree: Any, known: frozenset[str], found: dict[Mention, None]) -> None:
    """Gather what a parse tree names; ``known`` are the names of common tables, which are no relations."""
    if isinstance(tree, list):
        for each in tree:
            _collect(each, known, found)
        return
    if not isinstance(tree, dict):
        return
    for name, node in tree.items():
        if isinstance(node, list):
            _collect(node, known, found)
        elif isinstance(node, dict) and name not in _LEAVES:
            inner = known
            if "withClause" in node:
                ctes = node["withClause"].get("ctes", ())
                inner |= {each["CommonTableExpr"].get("ctename", "") for each in ctes}
            if name in _NAMING:
                found |= dict.fromkeys(_mentioned(name, node, known))
            _collect(node, inner, found)


def _mentioned(name: str, node: Node, known: frozenset[str]) -> Iterator[Mention]:
    """What one node names itself."""
    if name == "RangeVar" and not (node.get("schemaname") is None and node.get("relname") in known):
        yield Mention(node.get("schemaname"), node.get("relname", ""), "select")
    elif name == "FuncCall":
        parts = [part["String"].get("sval", "") for part in node.get("funcname", ()) if "String" in part]
        yield Mention(parts[-2] if len(parts) > 1 else None, parts[-1] if parts else "", "execute")
    elif name in _CHANGES:
        target = node.get("relation", {})
        for what in _MERGED if name == "MergeStmt" else (_CHANGES[name],):
            yield Mention(target.get("schemaname"), target.get("relname", ""), what)
        if "onConflictClause" in node and node["onConflictClause"].get("action") == "ONCONFLICT_UPDATE":
            yield Mention(target.get("schemaname"), target.get("relname", ""), "update")


# -- on a catalog ----------------------------------------------------------------------------------------------


def resolved(catalog: Catalog, mention: Mention, path: tuple[str, ...]) -> list[Object]:
    """The relation that a name means, or all functions of the name; empty for what the catalog does not hold."""
    for schema in (mention.schema,) if mention.schema else path:
        if mention.what == "execute":
            if found := catalog.routines(schema, mention.name):
                return found
            continue
        identity = name_of(schema, mention.name)
        for kind in ("table", "view"):
            if relation := catalog.find((kind, identity)):
                return [relation]
    return []


def path_of(function: Function) -> tuple[str, ...]:
    """The schemas in which a function's bare names are looked up: its own search_path, or the API's."""
    written = function.search_path
    if written is None:
        return _DEFAULT_PATH
    names = (split_name(each.strip())[1] for each in written.split(",") if each.strip())
    return tuple(name for name in names if name)


def touched(
    catalog: Catalog, function: Function, seen: frozenset[str] = frozenset()
) -> tuple[Mapping[Key, frozenset[str]], bool]:
    """What a call of a function does to relations: their keys with what is done, and whether there may be more.

    Functions that it calls in turn are followed where they run with the same rights; one that is SECURITY DEFINER
    itself is no more of the caller's than any other.
    """
    found: dict[Key, set[str]] = {}
    body = body_of(function)
    more = body.open
    for mention in body.mentions:
        for obj in resolved(catalog, mention, path_of(function)):
            if not isinstance(obj, Function):
                found.setdefault(obj.key, set()).add(mention.what)
                if isinstance(obj, View) and not obj.knows("definition"):
                    more = True
            elif obj.identity not in seen and not obj.security_definer and obj.origin != "platform":
                inner, open_ = touched(catalog, obj, seen | {function.identity, obj.identity})
                more = more or open_
                for key, what in inner.items():
                    found.setdefault(key, set()).update(what)
    return {key: frozenset(what) for key, what in found.items()}, more
