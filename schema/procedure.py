"""What a DO block, a CALL or a SELECT of a function does to the catalog.

A small interpreter of PL/pgSQL. What is certain is done: plain DDL, EXECUTE of a text that constants make, guards
that the catalog answers, loops over what is known, exception handlers around duplicates. What depends on what is
not known is done on trial: what it would change becomes unknown, and the statement is reported.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from . import calls, opaque, taint
from .catalog import Catalog, CatalogError, Key, Missing, Node
from .evaluate import HOLE, UNKNOWN, Evaluator, Rows, Value
from .plpgsql import ACTS, CONDITIONS, INERT, PREDEFINED, signature_of, states_of, targets_of, tree_of, variable_of
from .session import names_in, split_name
from .source import Location, Source, Statement, parse
from .trial import Differences, state

if TYPE_CHECKING:
    from .objects.function import Function

_DEPTH = 12  # of functions that call each other
_ROUNDS = 2000  # of a loop
_LEVEL_ERROR = 21  # ERROR of elog.h: RAISE EXCEPTION


class _Return(Exception):  # noqa: N818 - no error: the way out of a procedure
    """RETURN."""


class _Exit(Exception):  # noqa: N818 - no error: the way out of a loop
    """EXIT or CONTINUE of the innermost loop."""

    def __init__(self, *, leaves: bool) -> None:
        super().__init__()
        self.leaves = leaves


class _Inside(Source):
    """SQL that stands nowhere in a file: whatever is located in it is where the statement that made it is."""

    __slots__ = ("_outer",)

    def __init__(self, text: str, outer: Location) -> None:
        super().__init__(outer.file, text, text.encode(), had_bom=False)
        self._outer = outer

    def locate(self, start: int, end: int) -> Location:  # noqa: ARG002 - as every source does
        """Where the outer statement is."""
        return self._outer


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


@lru_cache(1024)
def _select_of(text: str) -> Node | None:
    """Read a query; None where the text is none. Loops ask for the same ones again and again."""
    try:
        (raw,) = parse(text)
    except Exception:  # noqa: BLE001 - any failure of the parser means the same
        return None
    return raw.stmt.get("SelectStmt")


def _pattern(key: Key) -> Key:
    """A key as a pattern: whatever name was not known is any."""
    return key[0], re.sub(rf'"?[^"\s.]*{HOLE}[^"\s.]*"?', "*", key[1])


def _offset(statement: Statement, token: int, body: str) -> int | None:
    """Where the text of a dollar-quoted body begins in the source; None for a body in single quotes."""
    data, at = statement.source.data, statement.base + token
    at = data.find(b"$", at, statement.end)
    end = data.find(b"$", at + 1, statement.end) + 1 if at >= 0 else 0
    encoded = body.encode()
    return end if end and data[end : end + len(encoded)] == encoded else None


class Run:
    """One statement's procedures being run."""

    def __init__(self, catalog: Catalog, statement: Statement) -> None:
        self.catalog = catalog
        self.outer = statement
        self.variables: dict[str, Value] = {}
        self.datums: list[str] = []
        self.body, self.offset, self.last = "", None, 0
        self.caught: list[frozenset[str]] = []  # SQLSTATEs of the handlers around; "others" is all
        self.doubtful = False  # whether it is sure that what follows is reached
        self.depth = 0
        self.reasons: dict[str, None] = {}
        self.touched: dict[Key, None] = {}
        self.offset: int | None

    # -- what could not be followed ----------------------------------------------------------------------

    def report(self) -> None:
        """Record once what this statement did that could not be followed."""
        if self.reasons:
            taint.unmodelled(self.catalog, "; ".join(self.reasons), self.touched)

    def lose(self, reason: str, text: str) -> None:
        """SQL of which only parts are known was run."""
        touched = opaque.touch(self.catalog, text) if text else ()
        if touched:
            self.reasons[reason] = None
            self.touched.update(dict.fromkeys(touched))

    def trial(self, reason: str, *attempts: Callable[[], None]) -> None:
        """Do what may or may not happen, look what it changes, undo it, and make that unknown."""
        catalog = self.catalog
        changed: dict[Key, set[str]] = {}
        for attempt in attempts:
            mark, events, variables = catalog.savepoint(), catalog.events, dict(self.variables)
            before = state(catalog)
            doubtful, self.doubtful = self.doubtful, False
            reached_end = True
            try:
                attempt()
            except (_Return, _Exit):
                reached_end = False
            except CatalogError:
                pass
            lost = Differences(catalog, before)
            self.doubtful = doubtful or self.doubtful or not reached_end
            for name, value in self.variables.items():
                if variables.get(name, UNKNOWN) is not value:
                    variables[name] = UNKNOWN
            self.variables = variables
            catalog.rollback(mark)
            catalog.events = events
            for key, attributes in lost.news(catalog).items():
                changed.setdefault(key, set()).update(attributes)
        for key, attributes in changed.items():
            self._forget(key, attributes)
        if changed:
            self.reasons[reason] = None
            self.touched.update((_pattern(key), None) for key in changed)

    def _forget(self, key: Key, attributes: set[str]) -> None:
        obj = self.catalog.find(key)
        if obj is not None and attributes:
            taint.mark(self.catalog, obj, attributes)

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
        saved = (self.variables, self.datums, self.body, self.offset, self.last)
        self.body, self.offset, self.last = body, offset, 0
        self.datums = []
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
            self.variables, self.datums, self.body, self.offset, self.last = saved

    def call(self, function: Function, args: Sequence[Value]) -> None:
        """Run a function or procedure of ours."""
        if not function.knows("body") or not function.source:
            return
        if not ACTS.search(function.source) or self.depth >= _DEPTH:
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
                    self.trial("it is not known whether all of it runs", lambda rest=rest: self.body_of(rest))
                    self.doubtful = True
                return

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
        for at, (condition, steps) in enumerate(branches):
            self.calls_in(condition)
            value = self.evaluate(condition, self.body.lower())
            if value is True:
                self.body_of(steps)
                return
            if value is UNKNOWN:
                rest = [steps_ for _, steps_ in branches[at:]] + [node.get("else_body", ())]
                self.trial(
                    "a condition in it depends on what is not known",
                    *(lambda steps=steps: self.body_of(steps) for steps in rest if steps),
                )
                return
        self.body_of(node.get("else_body", ()))

    def _do_case(self, node: Node) -> None:
        branches = [each["PLpgSQL_case_when"].get("stmts", ()) for each in node.get("case_when_list", ())]
        branches.append(node.get("else_stmts", ()))
        self.trial(
            "a condition in it depends on what is not known",
            *(lambda steps=steps: self.body_of(steps) for steps in branches if steps),
        )

    def _loop(self, steps: Sequence[Node], rounds: Iterator[Callable[[], None]]) -> None:
        self.variables["found"] = UNKNOWN
        for count, bind in enumerate(rounds):
            if count >= _ROUNDS:
                self.doubtful = True
                return
            bind()
            try:
                self.body_of(steps)
            except _Exit as way:
                if way.leaves:
                    return
            if self.doubtful:
                return

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
        if node.get("elog_level", _LEVEL_ERROR) >= _LEVEL_ERROR:
            condition = node.get("condname", "")
            raise CatalogError(CONDITIONS.get(condition, "P0001"), node.get("message", condition or "an exception"))

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
        self.run_text(text, self._place(text, node.get("lineno", 1)))

    def _select(self, text: str, names: Sequence[str]) -> None:
        """A SELECT into variables, or for its effects alone."""
        rows = self.rows(text, self.body.lower())
        self.variables["found"] = UNKNOWN if rows is None else rows.exists()
        first = rows.rows[0] if rows is not None and rows.complete and len(rows.rows) == 1 else None
        none = rows is not None and rows.complete and not rows.rows
        for at, name in enumerate(names):
            values = list(first.values()) if first is not None else []
            self.variables[name] = values[at] if at < len(values) else (None if none else UNKNOWN)
        self.run_text(text, None)

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
            self._with_holes(text)

    def _with_holes(self, text: str) -> None:
        """Dynamic SQL of which names are not known: tried on each table that it may mean."""
        reason = "it executes SQL of which a part is not known"
        try:
            nodes = parse(text)
        except Exception:  # noqa: BLE001 - any failure of the parser means the same
            self.lose(reason, text)
            return
        places = [place for raw in nodes for place in opaque.relations_in(raw.stmt) if HOLE in place.get("relname", "")]
        others = any(HOLE in string for raw in nodes for string in opaque.names_of_objects(raw.stmt))
        if others or any(place["relname"] != HOLE for place in places):
            self.lose(reason, text)
            return
        if not places:
            self.trial(reason, lambda: self.run_text(text, None))
            return
        schema = places[0].get("schemaname", "")
        kinds = ("table",) if not re.search(r"\bview\b", text, re.IGNORECASE) else ("table", "view")
        tables: list[Any] = [
            obj
            for obj in list(self.catalog)
            if obj.kind in kinds and obj.origin == "made" and (schema in {"", HOLE} or obj.schema == schema)  # type: ignore[attr-defined]  # relations have a schema
        ]
        for table in tables:
            for place in places:
                place["relname"], place["schemaname"] = table.name, table.schema
            statements = [self._statement(raw.stmt, _Inside(text, self.outer.location)) for raw in nodes]
            self.trial(reason, lambda statements=statements: [self.run_one(each) for each in statements] and None)
        if not tables:
            self.lose(reason, text)

    # -- SQL -------------------------------------------------------------------------------------------------

    def run_text(self, text: str, offset: int | None) -> None:
        """Run the statements of a text; ``offset`` is where it stands in the file, None if nowhere."""
        if offset is None:
            source: Source = _Inside(text, self.outer.location)
            offset = 0
        else:
            source = self.outer.source
        try:
            raws = parse(text)
        except Exception as error:
            if self.catalog.statement is None or HOLE in text:
                raise
            raise CatalogError("42601", str(error.args[0]) if error.args else "syntax error") from error
        for raw in raws:
            self.run_one(self._statement(raw.stmt, source, offset, len(text.encode()), raw.stmt_location))

    @staticmethod
    def _statement(
        stmt: dict[str, dict[str, Any]], source: Source, offset: int = 0, size: int = -1, at: int = 0
    ) -> Statement:
        ((kind, node),) = stmt.items()
        end = offset + (size if size >= 0 else len(source.data))
        return Statement(source=source, start=offset + at, end=end, kind=kind, node=node, base=offset)

    def run_one(self, statement: Statement) -> None:
        """Run one SQL statement; what handlers around would catch is raised."""
        from .simulate import run

        if statement.kind == "TransactionStmt":
            return
        if statement.kind in {"SelectStmt", "CallStmt"} and "intoClause" not in statement.node:
            self.calls(statement.node)
            return
        if statement.kind == "DoStmt":
            run_block(self.catalog, statement.node, statement)
            return
        before = self.catalog.events
        try:
            run(self.catalog, statement)
        except CatalogError as error:
            if statement.source is self.outer.source:
                place = statement.start if error.position is None else statement.base + error.position
                error.position = place - self.outer.base
            else:
                error.position = None
            raise
        for event in self.catalog.events[len(before) :]:
            if isinstance(event, Missing) and any(
                event.sqlstate in states or "others" in states for states in self.caught
            ):
                raise CatalogError(event.sqlstate, event.message)

    def rows(self, text: str, concerns: str | None = None) -> Rows | None:
        """The rows of a query, where the catalog can answer it."""
        select = _select_of(text)
        return None if select is None else Evaluator(self.catalog, self.variables, concerns).query(select)

    def evaluate(self, expression: Node, concerns: str | None = None) -> Value:
        """The value of an expression of PL/pgSQL; ``concerns`` as of ``system_views.rows``, for a guard."""
        return self.evaluate_text(expression["PLpgSQL_expr"]["query"], concerns)

    def evaluate_text(self, text: str, concerns: str | None = None) -> Value:
        """The value of an expression; a query after it (``x from t``) is asked for its first column."""
        select = _select_of("select " + text)
        if select is None:
            return UNKNOWN
        evaluator = Evaluator(self.catalog, self.variables, concerns)
        if "fromClause" in select:
            rows = evaluator.query(select)
            if rows is None or not rows.complete or len(rows.rows) > 1:
                return UNKNOWN
            return next(iter(rows.rows[0].values()), UNKNOWN) if rows.rows else None
        targets = select.get("targetList", ())
        if len(targets) != 1 or "whereClause" in select:
            return UNKNOWN
        return evaluator.value(targets[0]["ResTarget"]["val"])

    # -- calls -----------------------------------------------------------------------------------------------

    def calls_in(self, expression: Node) -> None:
        """Run the functions that an expression calls."""
        text = expression["PLpgSQL_expr"]["query"]
        if "(" not in text:
            return
        select = _select_of("select " + text)
        if select is not None:
            self.calls(select)

    def calls(self, node: Any) -> None:
        """Run every function that a tree calls, innermost first."""
        if isinstance(node, list):
            for each in node:
                self.calls(each)
        elif isinstance(node, dict):
            for name, each in node.items():
                if isinstance(each, (dict, list)):
                    self.calls(each)
                if name in {"FuncCall", "funccall"}:
                    calls.follow(self, each)

    # -- places ----------------------------------------------------------------------------------------------

    def _place(self, text: str, line: int) -> int | None:
        """Where a statement of the body stands in the file."""
        if self.offset is None:
            return None
        lines = self.body.splitlines(keepends=True)
        start = sum(len(each) for each in lines[: max(0, line - 1)])
        at = self.body.find(text, start)
        return None if at < 0 else self.offset + len(self.body[:at].encode())
