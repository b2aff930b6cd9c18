"""What a DO block, a CALL or a SELECT of a function does to the catalog.

A small interpreter of PL/pgSQL: ``runner`` runs SQL, ``steps`` the statements, ``loops`` the loops, and this module
the bodies of blocks and functions. What could not be followed is reported with the statement.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ..catalog import Catalog, CatalogError, Node
from ..meaning.lookup import candidates
from ..session import names_in
from ..source import Statement
from . import opaque
from .calls import takes
from .catalog_query import query
from .evaluate import DependsError
from .functions import CASTS
from .loops import Loops
from .plpgsql import ACTS, PREDEFINED, begins_of, signature_of, tree_of
from .runner import select_of
from .steps import Frame, Return
from .values import LEFT_OUT, UNKNOWN, Value

if TYPE_CHECKING:
    from ..objects.function import Function

# Types as they are printed -> as a catalog names them, where that is not the same
_TYPNAMES = {
    "bigint": "int8", "boolean": "bool", "character varying": "varchar", "integer": "int4", "smallint": "int2",
    "text[]": "_text", "character varying[]": "_varchar", "name[]": "_name", "integer[]": "_int4",
}  # fmt: skip
_DEPTH = 12  # of functions that call each other


def run_block(catalog: Catalog, node: Node, statement: Statement) -> None:
    """DO: run its body, as far as it can be followed."""
    body, language, token = "", "plpgsql", -1
    for each in node.get("args", ()):
        option = each["DefElem"]
        if option["defname"] == "as":
            body, token = option["arg"]["String"].get("sval", ""), option.get("location", 0)
        elif option["defname"] == "language":
            language = option["arg"]["String"].get("sval", "")
    run = Run(catalog, statement)
    mark, events = catalog.savepoint(), catalog.events
    run.by_doubt = True
    try:
        run.procedure(body, language, _offset(statement, token, body), "the DO block")
    except DependsError as reason:  # all of it happens on some servers and nothing on others
        catalog.rollback(mark)
        catalog.events = events
        run = Run(catalog, statement)
        run.trial(str(reason), lambda: run.procedure(body, language, None, "the DO block"))
    run.report()


def run_calls(catalog: Catalog, node: Node, statement: Statement) -> None:
    """CALL and SELECT: run the functions they call, as far as they can be followed."""
    run = Run(catalog, statement)
    run.calls_of_rows(node)
    run.report()


def _offset(statement: Statement, token: int, body: str) -> int | None:
    """Where the text of a dollar-quoted body begins in the source; None for a body in single quotes."""
    data, at = statement.source.data, statement.base + token
    at = data.find(b"$", at, statement.end)
    end = data.find(b"$", at + 1, statement.end) + 1 if at >= 0 else 0
    encoded = body.encode()
    return end if end and data[end : end + len(encoded)] == encoded else None


class Run(Loops):
    """One statement's procedures being run."""

    def __init__(self, catalog: Catalog, statement: Statement) -> None:
        super().__init__(catalog, statement)
        self.depth = 0

    def procedure(
        self, body: str, language: str, offset: int | None, name: str, function: Function | None = None
    ) -> None:
        """Run the body of a DO block or of a function without a result of interest."""
        if language.lower() != "plpgsql":
            self.lose(f"{name} is in {language}", body if opaque.DDL.search(body) else "")
            return
        tree = tree_of(body, signature_of(function) if function else None)
        if tree is None:
            if opaque.DDL.search(body):
                self.lose(f"{name} cannot be read", body)
            return
        variables, frame, doubtful = self.variables, self.frame, self.doubtful
        self.variables, self.frame = dict(variables), Frame(body, offset)
        self._declare(tree)
        try:
            self.step(tree["action"])
        except Return:
            pass
        finally:
            self.variables, self.frame, self.doubtful = variables, frame, doubtful

    def _declare(self, tree: Node) -> None:
        """Note what a body declares, by the line of the BEGIN that follows."""
        frame = self.frame
        begins: list[int] = []
        if "variable_conflict" not in frame.body:
            names = (next(iter(datum.values())).get("refname", "") for datum in tree.get("datums", ()))
            frame.names = frozenset(names) - PREDEFINED
        for datum in tree.get("datums", ()):
            ((kind, declared),) = datum.items()
            name = declared.get("refname", "")
            frame.datums.append(name)
            if "cursor_explicit_expr" in declared and declared.get("cursor_explicit_argrow", -1) < 0:
                frame.cursors[len(frame.datums) - 1] = declared["cursor_explicit_expr"]["PLpgSQL_expr"]["query"]
            if kind != "PLpgSQL_var" or name in PREDEFINED:
                continue
            frame.types[name] = declared.get("datatype", {}).get("PLpgSQL_type", {}).get("typname", "")
            if line := declared.get("lineno", 0):
                begins = begins or sorted(begins_of(tree["action"]))
                at = next((begin for begin in begins if begin >= line), 0)
                frame.declared.setdefault(at, []).append(declared)
            else:  # a parameter
                self.variables.setdefault(name, None)

    def call(self, function: Function, args: Sequence[Value]) -> None:
        """Run a function or procedure of ours."""
        if not function.knows("body") or not function.source:
            return
        if not ACTS.search(function.source):
            return
        if self.depth >= _DEPTH:
            acts = function.source if opaque.DDL.search(function.source) else ""
            self.lose(f"calls of {function.identity} are nested too deeply", acts)
            return
        with self._inside(function, args):
            if function.language == "sql":
                self.run_text(function.source, None)
            else:
                name = f"the function {function.identity}"
                self.procedure(function.source, function.language, None, name, function)

    def result(self, names: Sequence[str], args: Sequence[Value]) -> Value:
        """What a function of ours returns; its effects are undone, for its call is followed elsewhere."""
        found = [each for each in candidates(self.catalog, names) if takes(each, len(args))]
        if len(found) != 1 or self.depth >= _DEPTH:
            return UNKNOWN
        (function,) = found
        if not function.knows("body") or not function.source or function.returns_set:
            return UNKNOWN
        catalog, source = self.catalog, function.source
        mark, events, before = catalog.savepoint(), catalog.events, (self.reasons, self.touched, self.returned)
        self.reasons, self.touched, self.returned = {}, {}, UNKNOWN
        try:
            with self._inside(function, args):
                if function.language == "sql":
                    self.returned = self._last(source)
                elif function.language == "plpgsql":
                    self.procedure(source, "plpgsql", None, function.identity, function)
        except CatalogError:
            return UNKNOWN
        else:
            return UNKNOWN if self.reasons else self.returned
        finally:
            catalog.rollback(mark)
            catalog.events = events
            self.reasons, self.touched, self.returned = before

    def _last(self, source: str) -> Value:
        """What the last query of a body in SQL gives."""
        select = select_of(source)
        rows = query(self.evaluator(), select.node) if select is not None else None
        if rows is None or not rows.complete or len(rows.rows) > 1:
            return UNKNOWN
        return next(iter(rows.rows[0].values()), UNKNOWN) if rows.rows else None

    @contextlib.contextmanager
    def _inside(self, function: Function, args: Sequence[Value]) -> Iterator[None]:
        """The parameters, role and search_path of a function, while it runs."""
        catalog = self.catalog
        inputs = [each for each in function.arguments if each.mode not in {"out", "table"}]
        values: dict[str, Value] = {}
        for at, argument in enumerate(inputs):
            value = args[at] if at < len(args) else LEFT_OUT
            if value is LEFT_OUT:
                value = UNKNOWN if argument.default is None else self.evaluate_text(argument.default)
            if argument.mode == "variadic":
                value = [*args[at:]]
            elif (kind := _TYPNAMES.get(argument.type, argument.type)).removeprefix("_") in CASTS:
                value = self.evaluator().cast(value, kind)
            values[f"${at + 1}"] = value
            if argument.name:
                values[argument.name] = value
        values.setdefault(function.name, UNKNOWN)  # f.a is its parameter a
        variables, self.variables = self.variables, values
        frame, self.frame = self.frame, Frame(function.source, None)
        path, role = catalog.search_path, catalog.role
        if function.security_definer:
            catalog.set_session(role=function.owner)
        if function.search_path is not None:
            catalog.set_session(search_path=names_in(function.search_path))
        self.depth += 1
        try:
            yield
        finally:
            self.depth -= 1
            self.variables, self.frame = variables, frame
            catalog.set_session(search_path=path, role=role)
