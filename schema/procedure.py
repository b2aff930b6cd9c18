"""What a DO block, a CALL or a SELECT of a function does to the catalog.

A small interpreter of PL/pgSQL. What is certain is done: plain DDL, EXECUTE of a text that constants make, guards
that the catalog answers, loops over what is known, exception handlers around duplicates. What depends on what is
not known is done on trial: what it would change becomes unknown, and the statement is reported.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from pglast.parser import ParseError

from . import opaque
from .catalog import Catalog, CatalogError, Node
from .catalog_query import Rows
from .plpgsql import ACTS, CONDITIONS, INERT, PREDEFINED, signature_of, states_of, targets_of, tree_of, variable_of
from .runner import Leave, Runner, select_of
from .session import names_in, split_name
from .source import Statement
from .system_views import OPEN
from .values import HOLE, UNKNOWN, Value

if TYPE_CHECKING:
    from .objects.function import Function

_DEPTH = 12  # of functions that call each other
_ROUNDS = 2000  # of a loop
_LEVEL_ERROR = 21  # ERROR of elog.h: RAISE EXCEPTION


class _Return(Leave):
    """RETURN."""


class _Exit(Leave):
    """EXIT or CONTINUE of the innermost loop."""

    def __init__(self, *, leaves: bool) -> None:
        super().__init__()
        self.leaves = leaves


def run_block(catalog: Catalog, node: Node, statement: Statement) -> None:
    """DO: run its body, as far as it can be followed."""
    body, language, token = "", "plpgsql", -1
    for each in node.get("args", ()):
        option = each["DefElem"]
        if option["defname"] == "as":
            body, token = option["arg"]["String"].get("sval", ""), option.get("location", 0)
        elif option["defname"] == "language":
            language = option["arg"]["String"].get("sval", "")
    if not ACTS.search(body):
        return
    run = Run(catalog, statement)
    run.procedure(body, language, _offset(statement, token, body), "the DO block")
    run.report()


def run_calls(catalog: Catalog, node: Node, statement: Statement) -> None:
    """CALL and SELECT: run the functions they call, as far as they can be followed."""
    run = Run(catalog, statement)
    run.calls(node)
    run.report()


def _offset(statement: Statement, token: int, body: str) -> int | None:
    """Where the text of a dollar-quoted body begins in the source; None for a body in single quotes."""
    data, at = statement.source.data, statement.base + token
    at = data.find(b"$", at, statement.end)
    end = data.find(b"$", at + 1, statement.end) + 1 if at >= 0 else 0
    encoded = body.encode()
    return end if end and data[end : end + len(encoded)] == encoded else None


class Run(Runner):
    """One statement's procedures being run."""

    def __init__(self, catalog: Catalog, statement: Statement) -> None:
        super().__init__(catalog, statement)
        self.datums: list[str] = []
        self.body = ""
        self.offset: int | None = None  # of the body in the file
        self.depth = 0
        self.asked: set[str] = set()  # variables that the catalog gave their value
        self.guards: list[tuple[Node, bool]] = []  # the conditions on the way here, and how they came out

    # -- procedures ----------------------------------------------------------------------------------------

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
        saved = (self.variables, self.datums, self.body, self.offset, self.guards, self.doubtful)
        self.body, self.offset, self.datums, self.guards = body, offset, [], []
        self.variables = dict(self.variables)
        for datum in tree.get("datums", ()):
            ((_, declared),) = datum.items()
            self.datums.append(declared.get("refname", ""))
            if "default_val" in declared:
                self.variables[declared["refname"]] = self.evaluate(declared["default_val"])
            elif "PLpgSQL_var" in datum and declared["refname"] not in PREDEFINED:
                self.variables.setdefault(declared["refname"], None)
        try:
            self.step(tree["action"])
        except _Return:
            pass
        finally:
            self.variables, self.datums, self.body, self.offset, self.guards, self.doubtful = saved

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
        outer = self.variables
        inputs = [each for each in function.arguments if each.mode not in {"out", "table"}]
        self.variables = {f"${at + 1}": value for at, value in enumerate(args)}
        for at, argument in enumerate(inputs):
            if argument.name:
                self.variables[argument.name] = args[at] if at < len(args) else UNKNOWN
        path, role = self.catalog.search_path, self.catalog.role
        if function.security_definer:
            self.catalog.set_session(role=function.owner)
        if function.search_path is not None:
            self.catalog.set_session(search_path=tuple(names_in(function.search_path)))
        self.depth += 1
        try:
            if function.language == "sql":
                self.run_text(function.source, None)
            else:
                name = f"the function {function.identity}"
                self.procedure(function.source, function.language, None, name, function)
        finally:
            self.depth -= 1
            self.variables = outer
            self.catalog.set_session(search_path=path, role=role)

    # -- statements of PL/pgSQL ------------------------------------------------------------------------------

    def body_of(self, steps: Sequence[Node]) -> None:
        """Run a list of statements; what follows a doubt is done on trial."""
        for at, each in enumerate(steps):
            self.step(each)
            if self.doubtful:
                rest = steps[at + 1 :]
                if rest:
                    self.doubtful = False
                    self.trial("it is not known whether all of it runs", self._steps(rest))
                    self.doubtful = True
                return

    def _steps(self, steps: Sequence[Node]) -> Callable[[], None]:
        return lambda: self.body_of(steps)

    def step(self, node: Node) -> None:
        """Run one statement; one that is not known here may assign to any variable."""
        ((kind, body),) = node.items()
        method = getattr(self, kind.replace("PLpgSQL_stmt_", "_do_"), None)
        if method is not None:
            method(body)
        elif kind not in INERT:
            self.variables = dict.fromkeys(self.variables, UNKNOWN)
            if "body" in body:
                self._on_trial(body["body"], targets_of(body.get("var", {})))

    def _do_block(self, node: Node) -> None:
        steps = node.get("body", ())
        handlers = [
            each["PLpgSQL_exception"]
            for each in node.get("exceptions", {}).get("PLpgSQL_exception_block", {}).get("exc_list", ())
        ]
        if not handlers:
            self.body_of(steps)
            return
        states = [frozenset(states_of(handler)) for handler in handlers]
        mark, events = self.catalog.savepoint(), self.catalog.events
        self.caught.append(frozenset().union(*states))
        try:
            self.body_of(steps)
        except CatalogError as error:
            self.caught.pop()
            self.catalog.rollback(mark)
            self.catalog.events = events
            for handler, caught in zip(handlers, states, strict=True):
                if error.sqlstate in caught or "others" in caught:
                    self.body_of(handler.get("action", ()))
                    return
            raise
        except (_Return, _Exit):
            self.caught.pop()
            raise
        else:
            self.caught.pop()

    def _do_if(self, node: Node) -> None:
        branches = [(node["cond"], node.get("then_body", ()))]
        branches += [
            (each["PLpgSQL_if_elsif"]["cond"], each["PLpgSQL_if_elsif"].get("stmts", ()))
            for each in node.get("elsif_list", ())
        ]
        last = node.get("else_body", ())
        known = len(self.guards)
        try:
            for at, (condition, steps) in enumerate(branches):
                self.calls_in(condition)
                value = self.evaluate(condition, self.body.lower())
                if value is UNKNOWN:
                    rest = [*(steps for _, steps in branches[at:]), last]
                    self.trial(
                        "a condition in it depends on what is not known", *(self._steps(each) for each in rest if each)
                    )
                    return
                self.guards.append((condition, value is True))
                if value is True:
                    self.body_of(steps)
                    return
            self.body_of(last)
        finally:
            del self.guards[known:]

    def _do_case(self, node: Node) -> None:
        branches = [each["PLpgSQL_case_when"].get("stmts", ()) for each in node.get("case_when_list", ())]
        branches.append(node.get("else_stmts", ()))
        self.trial(
            "a condition in it depends on what is not known",
            *(self._steps(steps) for steps in branches if steps),
        )

    def _loop(self, steps: Sequence[Node], rounds: Iterator[Callable[[], None]]) -> None:
        self.variables["found"] = UNKNOWN
        for count, bind in enumerate(rounds):
            bind()
            try:
                self.body_of(steps)
            except _Exit as way:
                if way.leaves:
                    return
            if self.doubtful or count >= _ROUNDS:
                self.doubtful = False
                self.trial("it is not known how often a loop in it runs", self._rest(steps, islice(rounds, _ROUNDS)))
                self.doubtful = True
                return

    def _rest(self, steps: Sequence[Node], rounds: Iterator[Callable[[], None]]) -> Callable[[], None]:
        def attempt() -> None:
            for bind in rounds:
                bind()
                with contextlib.suppress(_Exit):
                    self.body_of(steps)

        return attempt

    def _on_trial(self, steps: Sequence[Node], names: Sequence[str]) -> None:
        """A loop of which the rounds are not known: what one of them does may happen, often or never."""

        def once() -> None:
            for name in names:
                self.variables[name] = UNKNOWN
            with contextlib.suppress(_Exit):
                self.body_of(steps)

        self.trial("a loop in it runs over what is not known", once)

    def _do_loop(self, node: Node) -> None:
        self._on_trial(node.get("body", ()), ())

    _do_while = _do_loop

    def _do_fori(self, node: Node) -> None:
        name = variable_of(node["var"])
        lower, upper = self.evaluate(node["lower"]), self.evaluate(node["upper"])
        if type(lower) is not int or type(upper) is not int or "step" in node or node.get("reverse"):
            self._on_trial(node.get("body", ()), [name])
            return
        self._loop(node.get("body", ()), (self._binder(name, value) for value in range(lower, upper + 1)))

    def _do_fors(self, node: Node) -> None:
        self._over(node, self.rows(node["query"]["PLpgSQL_expr"]["query"]))

    def _do_dynfors(self, node: Node) -> None:
        text = self.evaluate(node["query"])
        self._over(node, self.rows(text) if isinstance(text, str) and HOLE not in text else None)

    def _over(self, node: Node, rows: Rows | None) -> None:
        names = targets_of(node["var"])
        if rows is None or not rows.complete:
            self._on_trial(node.get("body", ()), names)
            return
        record = "PLpgSQL_rec" in node["var"]

        def binder(row: dict[str, Value]) -> Callable[[], None]:
            values = [row] if record else list(row.values())
            return lambda: self.variables.update(zip(names, values, strict=False))

        self._loop(node.get("body", ()), (binder(row) for row in rows.rows))

    def _do_foreach_a(self, node: Node) -> None:
        name = self.datums[node["varno"]] if node.get("varno", 0) < len(self.datums) else ""
        values = self.evaluate(node["expr"])
        if not isinstance(values, list) or UNKNOWN in values:
            self._on_trial(node.get("body", ()), [name])
            return
        self._loop(node.get("body", ()), (self._binder(name, value) for value in values))

    def _binder(self, name: str, value: Value) -> Callable[[], None]:
        return lambda: self.variables.update({name: value})

    def _do_exit(self, node: Node) -> None:
        value = self.evaluate(node["cond"]) if "cond" in node else True
        if value is True and "label" not in node:
            raise _Exit(leaves=bool(node.get("is_exit")))
        if value is not False and value is not None:
            self.doubtful = True

    def _do_return(self, node: Node) -> None:
        if "expr" in node:
            self.calls_in(node["expr"])
        raise _Return

    def _do_raise(self, node: Node) -> None:
        if node.get("elog_level", _LEVEL_ERROR) >= _LEVEL_ERROR and self._is_sure():
            condition = node.get("condname", "")
            raise CatalogError(CONDITIONS.get(condition, "P0001"), node.get("message", condition or "an exception"))

    def _is_sure(self) -> bool:
        """Whether the guards on the way hold by what is there, and not for want of what may be made elsewhere."""
        asked = dict.fromkeys(self.asked, UNKNOWN)
        if self.variables.get("found") is not True:
            asked["found"] = UNKNOWN
        known, self.variables = self.variables, {**self.variables, **asked}
        try:
            return all(self.evaluate(guard, OPEN) is outcome for guard, outcome in self.guards)
        finally:
            self.variables = known

    def _do_assign(self, node: Node) -> None:
        text = node["expr"]["PLpgSQL_expr"]["query"]
        match = re.match(r"\s*((?:\"[^\"]*\"|[\w$]+))\s*:?=\s*(.*)", text, re.DOTALL)
        if match is None:
            target = re.match(r"\s*\"?([\w$]+)", text)
            if target:
                self.variables[target.group(1)] = UNKNOWN
            return
        self.calls_in(node["expr"])
        _, name = split_name(match.group(1))
        self.variables[name] = self.evaluate_text(match.group(2))

    def _do_perform(self, node: Node) -> None:
        text = node["expr"]["PLpgSQL_expr"]["query"]
        self._select(text, ())

    def _do_call(self, node: Node) -> None:
        self.run_text(node["expr"]["PLpgSQL_expr"]["query"], None)

    def _do_execsql(self, node: Node) -> None:
        text = node["sqlstmt"]["PLpgSQL_expr"]["query"]
        if node.get("into"):
            self._select(text, targets_of(node.get("target", {})))
            return
        self.variables["found"] = UNKNOWN
        try:
            self.run_text(text, self._place(text, node.get("lineno", 1)))
        except CatalogError as error:
            if error.sqlstate != "42601" or not isinstance(error.__cause__, ParseError):
                raise  # PL/pgSQL has read it, so what this parser does not is no fault of the statement
            self.lose("a statement in it cannot be read", text if opaque.acts(text) else "")

    def _select(self, text: str, names: Sequence[str]) -> None:
        """A SELECT into variables, or for its effects alone."""
        rows = self.rows(text, self.body.lower())
        self.variables["found"] = UNKNOWN if rows is None else rows.exists()
        first = rows.rows[0] if rows is not None and rows.complete and len(rows.rows) == 1 else None
        none = rows is not None and rows.complete and not rows.rows
        self.asked.update(names)
        for at, name in enumerate(names):
            values = list(first.values()) if first is not None else []
            self.variables[name] = values[at] if at < len(values) else (None if none else UNKNOWN)
        if (select := select_of(text)) is not None:
            self.calls(select)

    def _do_dynexecute(self, node: Node) -> None:
        text = self.evaluate(node["query"])
        self.calls_in(node["query"])
        for name in targets_of(node.get("target", {})):
            self.variables[name] = UNKNOWN
        if text is None:
            raise CatalogError("22004", "query string argument of EXECUTE is null")
        if text is UNKNOWN or not isinstance(text, str):
            self.lose("it executes a text that is not known", opaque.pieced_together(self.body))
        elif HOLE not in text:
            self.run_text(text, None)
        elif opaque.acts(text):
            self.with_holes(text)

    # -- places ----------------------------------------------------------------------------------------------

    def _place(self, text: str, line: int) -> int | None:
        """Where a statement of the body stands in the file."""
        if self.offset is None:
            return None
        lines = self.body.splitlines(keepends=True)
        start = sum(len(each) for each in lines[: max(0, line - 1)])
        at = self.body.find(text, start)
        return None if at < 0 else self.offset + len(self.body[:at].encode())
