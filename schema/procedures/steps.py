"""The statements of PL/pgSQL, as the interpreter runs them: blocks, conditions, assignments, SQL; not loops.

What is certain is done: plain DDL, EXECUTE of a text that constants make, guards that the catalog answers, exception
handlers around duplicates. What depends on what is not known is done on trial: what it would change becomes unknown.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from ..catalog import Catalog, CatalogError, Node
from ..parser import ParseError
from ..pattern import lazy
from ..session import split_name
from ..source import Statement
from . import opaque
from .from_clause import Rows
from .functions import CASTS
from .plpgsql import CONDITIONS, INERT, is_caught, states_of, targets_of
from .runner import Leave, Runner, select_of
from .system_reader import NULLS, OPEN
from .values import HOLE, UNKNOWN, Value

_CHANGES_ROWS = lazy(r"\s*(insert|update|delete|merge|with)\b", re.IGNORECASE)  # what sets FOUND
_LEVEL_ERROR = 21  # ERROR of elog.h: RAISE EXCEPTION


class Return(Leave):
    """RETURN."""


class Exit(Leave):
    """EXIT or CONTINUE of the innermost loop, or of what has the label."""

    def __init__(self, *, leaves: bool, label: str | None) -> None:
        super().__init__()
        self.leaves, self.label = leaves, label

    def concerns(self, node: Node) -> bool:
        """Whether it is about this loop; about another, it goes on to that."""
        return self.label is None or self.label == node.get("label")


class Frame:
    """A body of PL/pgSQL that is being run, with what it declares."""

    __slots__ = ("body", "cursors", "datums", "declared", "guards", "names", "offset", "types")

    def __init__(self, body: str, offset: int | None) -> None:
        self.body = body
        self.offset = offset  # in the file
        self.datums: list[str] = []  # names of variables by their numbers
        self.cursors: dict[int, str] = {}  # numbers of cursors -> their queries
        self.types: dict[str, str] = {}  # of variables, as typname
        self.names: frozenset[str] = frozenset()  # of variables, where none may be called as a column is
        self.declared: dict[int, list[Node]] = {}  # lines where a block begins -> the variables it declares
        self.guards: list[tuple[Node, bool]] = []  # the conditions on the way here, and how they came out


class Steps(Runner):
    """One statement's procedures being run: the statements in them."""

    def __init__(self, catalog: Catalog, statement: Statement) -> None:
        super().__init__(catalog, statement)
        self.frame = Frame("", None)
        self.handled: CatalogError | None = None  # the error whose handler is being run
        self.asked: set[str] = set()  # variables that the catalog gave their value

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
                self.on_trial(body["body"], targets_of(body.get("var", {})))

    def _do_block(self, node: Node) -> None:
        declared = self.frame.declared.get(node.get("lineno", 0), ())
        names = {each["refname"] for each in declared}
        if "label" in node:
            self.qualifiers = (*self.qualifiers, node["label"])
        outer = {name: value for name, value in self.variables.items() if name in names}
        for each in declared:
            default = each.get("default_val")
            self.give({each["refname"]: None if default is None else self.evaluate(default)})
            if default is not None:
                self.calls_in(default)
        try:
            self._guarded(node)
        except Exit as way:
            if way.label is None or way.label != node.get("label"):
                raise
        finally:
            for name in names - outer.keys():
                self.variables.pop(name, None)
            self.variables.update(outer)

    def _guarded(self, node: Node) -> None:
        """Run a block; what fails in it is undone as a whole, where a handler takes the error."""
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
                if is_caught(error.sqlstate, caught):
                    self._handle(handler, error)
                    return
            raise
        except (Return, Exit):
            self.caught.pop()
            raise
        else:
            self.caught.pop()

    def _handle(self, handler: Node, error: CatalogError) -> None:
        outer = self.handled, self.variables.get("sqlstate", UNKNOWN), self.variables.get("sqlerrm", UNKNOWN)
        self.handled = error
        self.variables |= {"sqlstate": error.sqlstate, "sqlerrm": UNKNOWN}
        try:
            self.body_of(handler.get("action", ()))
        finally:
            self.handled, self.variables["sqlstate"], self.variables["sqlerrm"] = outer

    def _do_if(self, node: Node) -> None:
        branches = [(node["cond"], node.get("then_body", ()))]
        branches += [
            (each["PLpgSQL_if_elsif"]["cond"], each["PLpgSQL_if_elsif"].get("stmts", ()))
            for each in node.get("elsif_list", ())
        ]
        last = node.get("else_body", ())
        known = len(self.frame.guards)
        try:
            for at, (condition, steps) in enumerate(branches):
                self.look("select " + condition["PLpgSQL_expr"]["query"])
                value = self.evaluate(condition, self.frame.body.lower())
                self.calls_in(condition)
                if value is UNKNOWN:
                    rest = [*(steps for _, steps in branches[at:]), last]
                    self.trial(
                        "a condition in it depends on what is not known", *(self._steps(each) for each in rest if each)
                    )
                    return
                self.frame.guards.append((condition, value is True))
                if value is True:
                    self.body_of(steps)
                    return
            self.body_of(last)
        finally:
            del self.frame.guards[known:]

    def _do_case(self, node: Node) -> None:
        if "t_expr" in node:
            self.variables[self.frame.datums[node["t_varno"]]] = self.evaluate(node["t_expr"])
        branches = [each["PLpgSQL_case_when"] for each in node.get("case_when_list", ())]
        last = node.get("else_stmts", ())
        for at, branch in enumerate(branches):
            value = self.evaluate(branch["expr"], self.frame.body.lower())
            if value is UNKNOWN:
                rest = [*(each.get("stmts", ()) for each in branches[at:]), last]
                self.trial(
                    "a condition in it depends on what is not known", *(self._steps(each) for each in rest if each)
                )
                return
            if value is True:
                self.body_of(branch.get("stmts", ()))
                return
        if not node.get("have_else"):
            raise CatalogError("20000", "case not found", hint="CASE statement is missing ELSE part.")
        self.body_of(last)

    def on_trial(self, steps: Sequence[Node], names: Sequence[str]) -> None:
        """A loop of which the rounds are not known: what one of them does may happen, often or never."""

        def once() -> None:
            for name in names:
                self.variables[name] = UNKNOWN
            with contextlib.suppress(Exit):
                self.body_of(steps)

        self.trial("a loop in it runs over what is not known", once)

    def _do_exit(self, node: Node) -> None:
        value = self.evaluate(node["cond"]) if "cond" in node else True
        if value is True:
            raise Exit(leaves=bool(node.get("is_exit")), label=node.get("label"))
        if value is not False and value is not None:
            self.doubtful = True

    def _do_return(self, node: Node) -> None:
        if "expr" in node:
            returned = self.evaluate(node["expr"])
            self.calls_in(node["expr"])
            self.returned = returned
        elif "lineno" in node and (names := self._returned_names(node["lineno"])):  # else it is the end of the body
            self.returned = self.evaluate_text(names[0]) if len(names) == 1 else UNKNOWN
        raise Return

    def _returned_names(self, line: int) -> list[str]:
        """The variables that the statements on a line return: of a bare variable the tree says nothing."""
        lines = self.frame.body.splitlines()
        text = lines[line - 1] if 0 < line <= len(lines) else ""
        return re.findall(r"\breturn\s+([\w$]+)\s*;", text, re.IGNORECASE)

    def _do_raise(self, node: Node) -> None:
        if node.get("elog_level", _LEVEL_ERROR) >= _LEVEL_ERROR and self._is_sure():
            condition = node.get("condname", "")
            if self.handled is not None and not condition and "message" not in node:
                raise self.handled
            raise CatalogError(CONDITIONS.get(condition, "P0001"), node.get("message", condition or "an exception"))

    def _is_sure(self) -> bool:
        """Whether the guards on the way hold by what is there, and not for want of what may be made elsewhere."""
        asked = dict.fromkeys(self.asked, UNKNOWN)
        if self.variables.get("found") is not True:
            asked["found"] = UNKNOWN
        known, self.variables = self.variables, {**self.variables, **asked}
        try:
            return all(self.evaluate(guard, OPEN) is outcome for guard, outcome in self.frame.guards)
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
        _, name = split_name(match.group(1))
        self.look("select " + match.group(2))
        value = self.evaluate_text(match.group(2))
        self.calls_of(match.group(2))
        self.give({name: value})

    def _do_perform(self, node: Node) -> None:
        text = node["expr"]["PLpgSQL_expr"]["query"]
        self._select(text, {})

    def _do_call(self, node: Node) -> None:
        self.run_text(node["expr"]["PLpgSQL_expr"]["query"], None)

    def _do_execsql(self, node: Node) -> None:
        text = node["sqlstmt"]["PLpgSQL_expr"]["query"]
        if node.get("into"):
            self._select(text, node.get("target", {}))
            return
        if _CHANGES_ROWS.match(text):
            self.variables["found"] = UNKNOWN
        try:
            self.run_text(text, self.place(text, node.get("lineno", 1)))
        except CatalogError as error:
            if error.sqlstate != "42601" or not isinstance(error.__cause__, ParseError):
                raise  # PL/pgSQL has read it, so what this parser does not is no fault of the statement
            self.lose("a statement in it cannot be read", text if opaque.acts(text) else "")

    def _select(self, text: str, target: Node) -> None:
        """A SELECT into variables, or for its effects alone."""
        self.look(text)
        rows = self.rows(text, self.frame.body.lower())
        self.variables["found"] = UNKNOWN if rows is None else rows.exists()
        self.asked.update(targets_of(target))
        self.give(_taken(target, rows))
        if (select := select_of(text)) is not None:
            self.calls_of_rows(select.node)

    def _do_dynexecute(self, node: Node) -> None:
        text = self.evaluate(node["query"])
        self.calls_in(node["query"])
        if text is None:
            raise CatalogError("22004", "query string argument of EXECUTE is null")
        target, body = node.get("target", {}), self.frame.body.lower()
        if isinstance(text, str) and HOLE not in text and (select := select_of(text)) is not None:
            with self.apart(self.given(node)):
                self.look(text)
                rows = self.rows(text, body) if target else None
                self.calls_of_rows(select.node)
            self.give(_taken(target, rows))
            return
        self.give(_taken(target, None))
        if text is UNKNOWN or not isinstance(text, str):
            self.lose("it executes a text that is not known", opaque.pieced_together(self.frame.body))
        elif HOLE not in text or opaque.acts(text):
            with self.apart(self.given(node)):
                self.with_holes(text) if HOLE in text else self.run_text(text, None)

    @contextlib.contextmanager
    def apart(self, variables: dict[str, Value]) -> Iterator[None]:
        """Run what sees these variables alone, as SQL that is executed and bodies in SQL do."""
        outer = self.variables, self.frame
        self.variables, self.frame = variables, Frame(self.frame.body, None)
        try:
            yield
        finally:
            self.variables, self.frame = outer

    def given(self, node: Node) -> dict[str, Value]:
        """The values of USING, by the names they have in the text."""
        return {f"${at}": self.evaluate(each) for at, each in enumerate(node.get("params", ()), 1)}

    def _do_getdiag(self, node: Node) -> None:
        for each in node.get("diag_items", ()):
            number = each["PLpgSQL_diag_item"].get("target", -1)
            if 0 <= number < len(self.frame.datums):
                self.variables[self.frame.datums[number]] = UNKNOWN

    def _do_fetch(self, node: Node) -> None:
        for name in targets_of(node.get("target", {})):
            self.variables[name] = UNKNOWN
        self.variables["found"] = UNKNOWN

    def place(self, text: str, line: int) -> int | None:
        """Where a statement of the body stands in the file."""
        if self.frame.offset is None:
            return None
        lines = self.frame.body.splitlines(keepends=True)
        start = sum(len(each) for each in lines[: max(0, line - 1)])
        at = self.frame.body.find(text, start)
        return None if at < 0 else self.frame.offset + len(self.frame.body[:at].encode())

    def declared(self) -> Collection[str]:
        """The variables that no column of a query may be called as (plpgsql.variable_conflict is error)."""
        return self.frame.names

    def give(self, values: Mapping[str, Value]) -> None:
        """Assign to variables, each of which has a type."""
        for name, value in values.items():
            kind = self.frame.types.get(name, "")
            known = kind.removeprefix("_") in CASTS and not isinstance(value, dict)
            self.variables[name] = self.evaluator().cast(value, kind) if known else value


def _taken(target: Node, rows: Rows | None) -> dict[str, Value]:
    """The variables of INTO with what the first row gives them; a record takes all of it."""
    names = targets_of(target)
    if rows is None or not rows.complete or len(rows.rows) > 1:
        return dict.fromkeys(names, UNKNOWN)
    if "PLpgSQL_rec" in target:
        return dict.fromkeys(names, rows.rows[0] if rows.rows else {NULLS: True})
    values = list(rows.rows[0].values()) if rows.rows else [None] * len(names)
    return {name: values[at] if at < len(values) else UNKNOWN for at, name in enumerate(names)}
