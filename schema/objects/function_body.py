"""The bodies of functions: their digest, and what those in SQL name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from ..catalog import Catalog, CatalogError, Key, Node
from ..meaning.outline import of_query, of_tree
from ..meaning.queries import Binder
from ..meaning.remembered import remembered_alike
from ..meaning.scope import Scope
from ..text import clauses

if TYPE_CHECKING:
    from ..source import Statement
    from .function import Function

# What a body in SQL may hold that changes nothing in the catalog, so that it can be read against it
_READS = {"SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt"}


def digest(source: str) -> str:
    """The md5 of a body, line ends as LF."""
    return md5_of(source.replace("\r\n", "\n"))


def md5_of(text: str) -> str:
    """The md5 of a text, as the server's ``md5()`` prints it."""
    try:
        # What hashlib falls back on: hashlib itself loads OpenSSL, which takes longer
        from _md5 import md5  # type: ignore[import-not-found]  # CPython's own, without a stub
    except ImportError:
        from hashlib import md5
    return str(md5(text.encode(), usedforsecurity=False).hexdigest())


def parameters(function: Function) -> dict[str, str | None]:
    """What the parameters are called in a body in SQL, and their types."""
    return {each.name: each.type for each in function.arguments if each.name and each.mode not in {"out", "table"}}


def standard(catalog: Catalog, body: Node, statement: Statement, function: Function) -> tuple[str, tuple[Key, ...]]:
    """The text of a SQL-standard body, and what it reads (the server records that as a dependency)."""
    binder = Binder(catalog, statement)
    values = parameters(function)
    start = _start(statement)
    if "ReturnStmt" in body:
        binder.expression(body["ReturnStmt"]["returnval"], Scope(values=values))
    else:
        for group in body["List"]["items"]:
            for each in group.get("List", {}).get("items", ()):
                for tag, inner in each.items():
                    binder.command(tag, inner, Scope(values=values))
    return binder.text(clauses.until(statement, start, ())), tuple(binder.refs)


def _start(statement: Statement) -> int:
    """Where the body begins: RETURN, or BEGIN ATOMIC."""
    data, depth, before = statement.source.data, 0, (b"", 0)
    for kind, first, last in clauses.tokens(data, statement.start, statement.end):
        token = data[first:last].lower()
        if kind == "mark":
            depth += (token == b"(") - (token == b")")
        elif kind == "word" and not depth:
            if token == b"return":
                return first
            if token == b"atomic" and before[0] == b"begin":
                return before[1]
        before = (token, first)
    return statement.end


def parts(body: str) -> list[str]:
    """The statements of a SQL-standard body: RETURN with its expression, or those between BEGIN ATOMIC and END."""
    data = body.encode()
    words = list(clauses.tokens(data, 0, len(data)))
    if len(words) < 3 or data[slice(*words[0][1:])].lower() != b"begin":
        return [body.strip()]
    found, start, last = [], words[1][2], words[1][2]
    depth = 0
    for kind, first, end in words[2:-1]:
        token = data[first:end]
        if kind == "mark" and token == b";" and not depth:
            found.append(data[start:last].decode().strip())
            start = end
        elif kind == "word" and token.lower() == b"case":
            depth += 1
        elif kind == "word" and token.lower() == b"end":
            depth -= 1
        last = end
    if rest := data[start:last].decode().strip():
        found.append(rest)
    return found


def check(catalog: Catalog, source: str, function: Function, at: int | None) -> None:
    """Read a body in SQL as the server does when it makes the function (check_function_bodies).

    ``at`` is where the body stands in the statement's text, None where it is not written there as it is. Raises
    what the server would: 42703 for a column that is not there, 42883 for a call that fits no function. What
    nothing made is recorded as missing.
    """
    outer = catalog.statement
    if outer is None or not _checked(catalog):
        return
    outline = of_query(catalog, source.encode(), ("body", *_context(function, source)))
    if outline is not None and not parameters(function).keys().isdisjoint(table.name for table in outline.tables):
        outline = None  # what stands before a column may be a parameter

    def work_out(reading: Catalog) -> None:
        _check(reading, source, function, outer, at)

    remembered_alike(catalog, outline, work_out, _nothing)


def _check(catalog: Catalog, source: str, function: Function, outer: Statement, at: int | None) -> None:
    """Do so, statement by statement."""
    from ..source import Fragment, Rejected, Source, statements

    shift = outer.start if at is None else at
    for each in statements(Source.from_text(outer.source.path, source)):
        if isinstance(each, Rejected):
            raise CatalogError(each.sqlstate, each.message, each.offset + shift - outer.base)
        if each.kind not in _READS:
            continue
        where, by, base = outer.source, shift, each.base + shift
        if at is None:  # no place in it can be shown
            where, by, base = each.source, 0, -len(outer.source.data)
        start, end = each.start + by, each.end + by
        inner = Fragment(source=where, start=start, end=end, base=base, kind=each.kind, tree=each.tree)
        catalog.statement = inner
        try:
            _bind(catalog, inner, function)
        except CatalogError as error:
            place = None if at is None or error.position is None else error.position + base - outer.base
            message, detail, hint = error.message, error.detail, error.hint
            raise CatalogError(error.sqlstate, message, place, detail=detail, hint=hint) from None
        finally:
            catalog.statement = outer


def _bind(catalog: Catalog, statement: Statement, function: Function) -> None:
    """Look for what a statement of a body reads; that there is no fault in it holds for others that are like it."""
    values = _Parameters(function)

    def work_out(reading: Catalog) -> None:
        Binder(reading, statement, edits=False).command(statement.kind, statement.node, Scope(values=values))

    tree = statement.tree
    written = bytes(tree).decode() if isinstance(tree, msgspec.Raw) else ""
    context = (statement.kind, *_context(function, written))
    remembered_alike(catalog, of_tree(catalog, tree, context), work_out, _nothing)


def _context(function: Function, written: str) -> tuple[Any, ...]:
    """What the meaning of a body hangs on beside what is written: its parameters, and its own name if it says that."""
    name = function.name
    return (name if not name.isidentifier() or name in written.lower() else "", *parameters(function).items())


def _nothing(nothing: None, *_: Any) -> None:
    """Of another body that is like it: there is no fault in that either."""


def check_plpgsql(catalog: Catalog, source: str, function: Function) -> None:
    """Read a body in PL/pgSQL as the server does when it makes the function; raises 42601 and the like."""
    if _checked(catalog):
        from ..procedures.plpgsql import check, signature_of

        check(source, signature_of(function))


def _checked(catalog: Catalog) -> bool:
    checked = catalog.settings.get("check_function_bodies", "on").lower()
    return catalog.origin != "platform" and checked not in {"off", "false", "no", "0"}


def place_of_body(statement: Statement, element: Node) -> int | None:
    """Where the body of an AS clause stands in the text, if it is written there as it is."""
    location = element.get("arg_location", -1)
    if location < 0:
        return None
    data, first = statement.source.data, location + statement.base
    if data.startswith(b"$", first):
        return data.index(b"$", first + 1) + 1
    if not data.startswith(b"'", first):
        return None
    _, _, last = next(clauses.tokens(data, first, statement.end))
    return None if b"''" in data[first + 1 : last - 1] else first + 1


class _Parameters(dict[str, "str | None"]):
    """The parameters of a function by name; ``f.x`` is one as well."""

    def __init__(self, function: Function) -> None:
        super().__init__(parameters(function))
        self.setdefault(function.name, None)
