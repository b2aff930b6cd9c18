"""What a DO block, a CALL or a SELECT of a function does to the catalog.

A small interpreter of PL/pgSQL. What is certain is done: plain DDL, EXECUTE of a text that constants make, guards
that the catalog answers, loops over what is known, exception handlers around duplicates. What depends on what is
not known is done on trial: what it would change becomes unknown, and the statement is reported.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from pglast.parser import ParseError

from . import opaque
from .calls import takes
from .catalog import Catalog, CatalogError, Node
from .catalog_query import query
from .evaluate import DependsError
from .from_clause import Rows
from .functions import CASTS
from .lookup import candidates
from .pattern import lazy
from .plpgsql import (
    ACTS,
    CONDITIONS,
    INERT,
    PREDEFINED,
    begins_of,
    is_caught,
    signature_of,
    states_of,
    targets_of,
    tree_of,
    variable_of,
)  # fmt: skip
from .runner import Leave, Runner, select_of
from .session import names_in, split_name
from .source import Statement
from .system_reader import NULLS, OPEN
from .values import HOLE, LEFT_OUT, UNKNOWN, Value

if TYPE_CHECKING:
    from .objects.function import Function

# Types as they are printed -> as a catalog names them, where that is not the same
_TYPNAMES = {
    "bigint": "int8", "boolean": "bool", "character varying": "varchar", "integer": "int4", "smallint": "int2",
    "text[]": "_text", "character varying[]": "_varchar", "name[]": "_name", "integer[]": "_int4",
}  # fmt: skip
_CHANGES_ROWS = lazy(r"\s*(insert|update|delete|merge|with)\b", re.IGNORECASE)  # what sets FOUND
_DEPTH = 12  # of functions that call each other
_ROUNDS = 2000  # of a loop
_LEVEL_ERROR = 21  # ERROR of elog.h: RAISE EXCEPTION


class _Return(Leave):
    """RETURN."""


class _Exit(Leave):
    """EXIT or CONTINUE of the innermost loop, or of what has the label."""

    def __init__(self, *, leaves: bool, label: str | None) -> None:
        super().__init__()
        self.leaves, self.label = leaves, label

    def concerns(self, node: Node) -> bool:
        """Whether it is about this loop; about another, it goes on to that."""
        return self.label is None or self.label == node.get("label")


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


def _taken(target: Node, rows: Rows | None) -> dict[str, Value]:
    """The variables of INTO with what the first row gives them; a record takes all of it."""
    names = targets_of(target)
    if rows is None or not rows.complete or len(rows.rows) > 1:
        return dict.fromkeys(names, UNKNOWN)
    if "PLpgSQL_rec" in target:
        return dict.fromkeys(names, rows.rows[0] if rows.rows else {NULLS: True})
    values = list(rows.rows[0].values()) if rows.rows else [None] * len(names)
    return {name: values[at] if at < len(values) else UNKNOWN for at, name in enumerate(names)}


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


class Run(Runner):
    """One statement's procedures being run."""

    def __init__(self, catalog: Catalog, statement: Statement) -> None:
        super().__init__(catalog, statement)
        self.frame = Frame("", None)
        self.depth = 0
        self.handled: CatalogError | None = None  # the error whose handler is being run
        self.asked: set[str] = set()  # variables that the catalog gave their value

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
        variables, frame, doubtful = self.variables, self.frame, self.doubtful
        self.variables, self.frame = dict(variables), Frame(body, offset)
        self._declare(tree)
        try:
            self.step(tree["action"])
        except _Return:
            pass
        finally:
            self.variables, self.frame, self.doubtful = variables, frame, doubtful

    def _declare(self, tree: Node) -> None:
        """Note what a body declares, by the line of the BEGIN that follows."""
        frame = self.frame
        begins = sorted(begins_of(tree["action"]))
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
            line = declared.get("lineno", 0)
            at = next((begin for begin in begins if begin >= line), 0)
            if line:
                frame.declared.setdefault(at, []).append(declared)
            else:  # a parameter
                self.variables.setdefault(name, None)

    def declared(self) -> Collection[str]:
        """The variables that no column of a query may be called as (plpgsql.variable_conflict is error)."""
        return self.frame.names

    def give(self, values: Mapping[str, Value]) -> None:
        """Assign to variables, each of which has a type."""
        for name, value in values.items():
            kind = self.frame.types.get(name, "")
            known = kind.removeprefix("_") in CASTS and not isinstance(value, dict)
            self.variables[name] = self.evaluator().cast(value, kind) if known else value

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
        rows = query(self.evaluator(), select) if select is not None else None
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
        declared = self.frame.declared.get(node.get("lineno", 0), ())
        names = {each["refname"] for each in declared}
        outer = {name: value for name, value in self.variables.items() if name in names}
        for each in declared:
            default = each.get("default_val")
            self.give({each["refname"]: None if default is None else self.evaluate(default)})
            if default is not None:
                self.calls_in(default)
        try:
            self._guarded(node)
        except _Exit as way:
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
        except (_Return, _Exit):
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

    def _loop(self, node: Node, rounds: Iterator[Callable[[], None]], rest: int = _ROUNDS) -> None:
        """Run a loop; of its rounds after a doubt so many are done on trial."""
        steps = node.get("body", ())
        ran = False
        for count, bind in enumerate(rounds):
            ran = True
            bind()
            try:
                self.body_of(steps)
            except _Exit as way:
                if not way.concerns(node):
                    raise
                if way.leaves:
                    break
            if self.doubtful or count >= _ROUNDS:
                self.doubtful = False
                self.trial("it is not known how often a loop in it runs", self._rest(steps, islice(rounds, rest)))
                self.doubtful = True
                break
        if "var" in node or "varno" in node:  # FOR or FOREACH, not WHILE
            self.variables["found"] = ran

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
        self._do_while(node)

    def _do_while(self, node: Node) -> None:
        """WHILE, and LOOP, which has no condition."""
        known: Value = True

        def rounds() -> Iterator[Callable[[], None]]:
            nonlocal known
            for _ in range(_ROUNDS):
                if "cond" in node:
                    known = self.evaluate(node["cond"], self.frame.body.lower())
                    self.calls_in(node["cond"])
                if known is not True:
                    return
                yield lambda: None
            known = UNKNOWN

        self._loop(node, rounds(), rest=2)
        if known is UNKNOWN:
            self._on_trial(node.get("body", ()), ())

    def _do_fori(self, node: Node) -> None:
        name = variable_of(node["var"])
        step = self.evaluate(node["step"]) if "step" in node else 1
        first, last = self.evaluate(node["lower"]), self.evaluate(node["upper"])
        if not all(type(each) is int for each in (first, last, step)) or step <= 0:
            self._on_trial(node.get("body", ()), [name])
            return
        values = range(first, last - 1, -step) if node.get("reverse") else range(first, last + 1, step)
        self._loop(node, (self._binder(name, value) for value in values))

    def _do_fors(self, node: Node) -> None:
        text = node["query"]["PLpgSQL_expr"]["query"]
        self._over(node, self.rows(text))
        if (select := select_of(text)) is not None and "(" in text:
            self.calls_of_rows(select)

    def _do_forc(self, node: Node) -> None:
        """A loop over a cursor that is declared with its query."""
        text = self.frame.cursors.get(node.get("curvar", -1))
        self._over(node, self.rows(text) if text else None)

    def _do_dynfors(self, node: Node) -> None:
        text = self.evaluate(node["query"])
        self._over(node, self._asked(text, node) if isinstance(text, str) and HOLE not in text else None)

    def _asked(self, text: str, node: Node) -> Rows | None:
        """The rows of a text that is executed, with what USING gives it."""
        with self._apart(self._given(node)):
            return self.rows(text)

    @contextlib.contextmanager
    def _apart(self, variables: dict[str, Value]) -> Iterator[None]:
        """Run what sees these variables alone, as SQL that is executed and bodies in SQL do."""
        outer = self.variables, self.frame
        self.variables, self.frame = variables, Frame(self.frame.body, None)
        try:
            yield
        finally:
            self.variables, self.frame = outer

    def _given(self, node: Node) -> dict[str, Value]:
        """The values of USING, by the names they have in the text."""
        return {f"${at}": self.evaluate(each) for at, each in enumerate(node.get("params", ()), 1)}

    def _over(self, node: Node, rows: Rows | None) -> None:
        names = targets_of(node["var"])
        if rows is None or rows.some:
            self._on_trial(node.get("body", ()), names)
            return
        record = "PLpgSQL_rec" in node["var"]

        def binder(row: dict[str, Value]) -> Callable[[], None]:
            values = [row] if record else list(row.values())
            return lambda: self.give(dict(zip(names, values, strict=False)))

        steps = node.get("body", ())
        self._loop(node, (binder(row) for row in rows.rows))
        if rows.maybe and not self.doubtful:
            self._perhaps(steps, [(binder(row), of) for row, of in rows.maybe])
            if not rows.rows:
                self.variables["found"] = UNKNOWN

    def _perhaps(self, steps: Sequence[Node], rounds: Sequence[tuple[Callable[[], None], str]]) -> None:
        """Rounds of a loop that there may or may not be, each for a row that may belong to one table alone."""

        def attempt() -> None:
            for bind, of in rounds[:_ROUNDS]:
                mark, events, outer = self.catalog.savepoint(), self.catalog.events, self.within
                self.within = of or outer
                bind()
                try:
                    self.body_of(steps)
                except _Exit:
                    pass
                except CatalogError:
                    self.catalog.rollback(mark)
                    self.catalog.events = events
                finally:
                    self.within = outer

        self.trial("a loop in it runs over what is not known", attempt)

    def _do_foreach_a(self, node: Node) -> None:
        name = self.frame.datums[node["varno"]] if node.get("varno", 0) < len(self.frame.datums) else ""
        values = self.evaluate(node["expr"])
        if not isinstance(values, list) or UNKNOWN in values:
            self._on_trial(node.get("body", ()), [name])
            return
        self._loop(node, (self._binder(name, value) for value in values))

    def _binder(self, name: str, value: Value) -> Callable[[], None]:
        return lambda: self.give({name: value})

    def _do_exit(self, node: Node) -> None:
        value = self.evaluate(node["cond"]) if "cond" in node else True
        if value is True:
            raise _Exit(leaves=bool(node.get("is_exit")), label=node.get("label"))
        if value is not False and value is not None:
            self.doubtful = True

    def _do_return(self, node: Node) -> None:
        if "expr" in node:
            returned = self.evaluate(node["expr"])
            self.calls_in(node["expr"])
            self.returned = returned
        elif names := self._returned_names(node.get("lineno", 0)):
            self.returned = self.evaluate_text(names[0]) if len(names) == 1 else UNKNOWN
        raise _Return

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
            self.run_text(text, self._place(text, node.get("lineno", 1)))
        except CatalogError as error:
            if error.sqlstate != "42601" or not isinstance(error.__cause__, ParseError):
                raise  # PL/pgSQL has read it, so what this parser does not is no fault of the statement
            self.lose("a statement in it cannot be read", text if opaque.acts(text) else "")

    def _select(self, text: str, target: Node) -> None:
        """A SELECT into variables, or for its effects alone."""
        rows = self.rows(text, self.frame.body.lower())
        self.variables["found"] = UNKNOWN if rows is None else rows.exists()
        self.asked.update(targets_of(target))
        self.give(_taken(target, rows))
        if (select := select_of(text)) is not None:
            self.calls_of_rows(select)

    def _do_dynexecute(self, node: Node) -> None:
        text = self.evaluate(node["query"])
        self.calls_in(node["query"])
        if text is None:
            raise CatalogError("22004", "query string argument of EXECUTE is null")
        target, body = node.get("target", {}), self.frame.body.lower()
        if isinstance(text, str) and HOLE not in text and (select := select_of(text)) is not None:
            with self._apart(self._given(node)):
                rows = self.rows(text, body) if target else None
                self.calls_of_rows(select)
            self.give(_taken(target, rows))
            return
        self.give(_taken(target, None))
        if text is UNKNOWN or not isinstance(text, str):
            self.lose("it executes a text that is not known", opaque.pieced_together(self.frame.body))
        elif HOLE not in text or opaque.acts(text):
            with self._apart(self._given(node)):
                self.with_holes(text) if HOLE in text else self.run_text(text, None)

    def _do_getdiag(self, node: Node) -> None:
        for each in node.get("diag_items", ()):
            number = each["PLpgSQL_diag_item"].get("target", -1)
            if 0 <= number < len(self.frame.datums):
                self.variables[self.frame.datums[number]] = UNKNOWN

    def _do_fetch(self, node: Node) -> None:
        for name in targets_of(node.get("target", {})):
            self.variables[name] = UNKNOWN
        self.variables["found"] = UNKNOWN

    # -- places ----------------------------------------------------------------------------------------------

    def _place(self, text: str, line: int) -> int | None:
        """Where a statement of the body stands in the file."""
        if self.frame.offset is None:
            return None
        lines = self.frame.body.splitlines(keepends=True)
        start = sum(len(each) for each in lines[: max(0, line - 1)])
        at = self.frame.body.find(text, start)
        return None if at < 0 else self.frame.offset + len(self.frame.body[:at].encode())
