"""SQL that a procedure runs: done where it is certain, tried and undone where it is not."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from .. import platform_rows, taint
from ..catalog import WHOLE, Catalog, CatalogError, Event, Key, Missing, Node, strings
from ..meaning import resting
from ..meaning.builtin import pg_catalog
from ..meaning.queries import Binder
from ..meaning.remembered import remembered
from ..meaning.scope import Scope
from ..parser import ParseError, node_of, parse, parse_unread
from ..pattern import lazy
from ..source import Fragment, Location, Source, Statement
from . import calls, opaque
from .catalog_query import query
from .closed import require_open
from .evaluate import DependsError, Evaluator
from .from_clause import Match, Rows, matches
from .plpgsql import is_caught
from .trial import Differences
from .values import HOLE, UNKNOWN, Value

if TYPE_CHECKING:
    from ..objects.function import Function


_CALLS = 1000  # rows of a query for which functions are run


_FROM = lazy(r"\bfrom\b", re.IGNORECASE)
_READS = frozenset({"DeleteStmt", "InsertStmt", "MergeStmt", "SelectStmt", "UpdateStmt"})
_QUERIES = _READS | {"CallStmt"}
_NAME = ("relname", "schemaname")
_PLACES_AND_STRINGS = lazy(rb'"location":\d+|"sval":{"sval":"(?:[^"\\]|\\.)*"}')
_MAKES = frozenset({"CreateStmt", "CreateForeignTableStmt", "ViewStmt", "CreateSeqStmt", "CompositeTypeStmt"})


class Leave(Exception):  # noqa: N818 - no error: the way out of a loop, or of a procedure
    """RETURN, EXIT or CONTINUE."""


class _Inside(Source):
    """SQL that stands nowhere in a file: whatever is located in it is where the statement that made it is."""

    __slots__ = ("_outer",)

    inside = True

    def __init__(self, text: str, outer: Location) -> None:
        super().__init__(outer.file, text, text.encode(), had_bom=False)
        self._outer = outer

    def locate(self, start: int, end: int) -> Location:  # noqa: ARG002 - as every source does
        """Where the outer statement is."""
        return self._outer


class Select(NamedTuple):
    """A query that a procedure asks: its node, and the JSON that says the same, in which words are found sooner."""

    node: Node
    written: bytes

    @property
    def calls(self) -> bool:
        """Whether it calls a function."""
        return b'"FuncCall":' in self.written

    @property
    def shape(self) -> bytes | None:
        """What any query says that differs from it in its strings alone; None where those may be names."""
        if self.calls or b'"TypeCast":' in self.written:
            return None
        return _PLACES_AND_STRINGS.sub(b"", self.written)


@lru_cache(256)
def select_of(text: str) -> Select | None:
    """Read a query; None where the text is none. Loops ask for the same ones again and again."""
    try:
        raws = parse_unread(text)
        tree = raws[0].stmt.get("SelectStmt") if len(raws) == 1 else None
        return None if tree is None else Select(node_of(tree), bytes(tree))
    except (ParseError, RecursionError):
        return None


def _pattern(key: Key) -> Key:
    """A key as a pattern: whatever name was not known is any."""
    return key[0], re.sub(rf'"?[^"\s.]*{HOLE}[^"\s.]*"?', "*", key[1])


class Runner(ABC):
    """What one statement runs: the variables, who catches what, and what could not be followed."""

    def __init__(self, catalog: Catalog, statement: Statement) -> None:
        self.catalog = catalog
        self.outer = statement
        self.variables: dict[str, Value] = {}
        self.caught: list[frozenset[str]] = []  # SQLSTATEs of the handlers around; "others" is all
        self.doubtful = False  # whether it is unsure that what follows is reached
        self.returned: Value = UNKNOWN  # by the function that was run last
        self.by_doubt = False  # whether what decides on all of it, and is not known, ends the run by DependsError
        self.within = ""  # the name of the one table that what is not known can belong to
        self.qualifiers: tuple[str, ...] = ()  # names of functions and blocks, before the names of their variables
        self.reasons: dict[str, None] = {}
        self.touched: dict[Key, None] = {}

    @abstractmethod
    def call(self, function: Function, args: Sequence[Value]) -> None:
        """Run a function of ours."""

    @abstractmethod
    def result(self, names: Sequence[str], args: Sequence[Value]) -> Value:
        """What a function of ours returns; UNKNOWN where that is not certain."""

    # -- what could not be followed ----------------------------------------------------------------------

    def report(self) -> None:
        """Record once what this statement did that could not be followed."""
        if self.reasons:
            taint.unmodelled(self.catalog, "; ".join(self.reasons), self.touched)

    def lose(self, reason: str, text: str, within: str = "") -> None:
        """SQL of which only parts are known was run, on the tables ``within`` if it is about tables."""
        touched = opaque.touch(self.catalog, text, within or self.within) if text else ()
        if touched:
            self.reasons[reason] = None
            self.touched.update(dict.fromkeys(touched))

    def trial(self, reason: str, *attempts: Callable[[], None]) -> bool:
        """Do what may or may not happen, look what it changes, undo it, and make that unknown.

        Returns whether the server would take it all.
        """
        catalog = self.catalog
        changed: dict[Key, set[str]] = {}
        taken = True
        for attempt in attempts:
            mark, events, variables = catalog.savepoint(), catalog.events, dict(self.variables)
            returned = self.returned
            doubtful, self.doubtful = self.doubtful, False
            reached_end = True
            try:
                attempt()
            except Leave:
                reached_end = False
            except CatalogError:
                taken = False
            lost = Differences(catalog, mark)
            self.doubtful = doubtful or self.doubtful or not reached_end
            self.returned = returned if self.returned is returned else UNKNOWN
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
        return taken

    def _forget(self, key: Key, attributes: set[str]) -> None:
        obj = self.catalog.find(key)
        if obj is not None and attributes:
            taint.mark(self.catalog, obj, attributes)
            if WHOLE in attributes:  # it may be gone
                self.catalog.set_session(resting=self.catalog.resting | {key})

    def _lose_keys(self, reason: str, keys: Sequence[Key]) -> None:
        self.reasons[reason] = None
        self.touched.update(dict.fromkeys(keys))

    def with_holes(self, text: str) -> None:
        """Dynamic SQL of which names are not known: tried on each table that it may mean."""
        reason = "it executes SQL of which a part is not known"
        try:
            nodes = parse(text)
        except (ParseError, RecursionError):
            self.lose(reason, text)
            return
        places = [place for raw in nodes for place in opaque.relations_in(raw.stmt) if HOLE in place.get("relname", "")]
        others = any(HOLE in string for raw in nodes for string in opaque.names_of_objects(raw.stmt))
        if others or any(place["relname"] != HOLE for place in places) or any(map(_makes_relation, nodes)):
            self.lose(reason, text)
            return
        if not places:
            if not self.trial(reason, lambda: self.run_text(text, None)):
                self.lose(reason, text)  # what stands for what is not known may be what is refused
            return
        schema = places[0].get("schemaname", "")
        elsewhere = text.count(HOLE) > sum(str(place.get(each, "")).count(HOLE) for place in places for each in _NAME)
        kinds = ("table",) if not re.search(r"\bview\b", text, re.IGNORECASE) else ("table", "view")
        tables: list[Any] = [
            obj
            for obj in list(self.catalog)
            if obj.kind in kinds and obj.origin == "made" and (schema in {"", HOLE} or obj.schema == schema)  # type: ignore[attr-defined]  # relations have a schema
        ]
        tables = [table for table in tables if self.within in {"", table.name}]
        for table in tables:
            for place in places:
                place["relname"], place["schemaname"] = table.name, table.schema
            statements = [self._statement(raw.stmt, _Inside(text, self.outer.location)) for raw in nodes]
            if not self.trial(reason, self._all(statements)) and elsewhere:
                self.lose(reason, text, table.name)
        if not tables and not self.within:
            self.lose(reason, text)

    def _all(self, statements: Sequence[Statement]) -> Callable[[], None]:
        def attempt() -> None:
            for each in statements:
                self.run_one(each)

        return attempt

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
        except (ParseError, RecursionError) as error:
            raise CatalogError("42601", str(error.args[0]) if error.args else "syntax error") from error
        for raw in raws:
            self.run_one(self._statement(raw.stmt, source, offset, len(text.encode()), raw.stmt_location))

    @staticmethod
    def _statement(
        stmt: dict[str, dict[str, Any]], source: Source, offset: int = 0, size: int = -1, at: int = 0
    ) -> Statement:
        ((kind, node),) = stmt.items()
        end = offset + (size if size >= 0 else len(source.data))
        return Fragment(source=source, start=offset + at, end=end, kind=kind, tree=node, base=offset)

    def run_one(self, statement: Statement) -> None:
        """Run one SQL statement; what handlers around would catch is raised."""
        if statement.kind == "TransactionStmt":
            return
        before = self.catalog.events
        try:
            self._follow(statement)
        except CatalogError as error:
            if resting.hinges(self.catalog, statement, error):
                if self.by_doubt:
                    message = f"whether it is refused ({error.message}) depends on what is not known"
                    raise DependsError(message) from error
                return  # on trial: it may go on
            if statement.source is self.outer.source:
                place = statement.start if error.position is None else statement.base + error.position
                error.position = place - self.outer.base
            else:
                error.position = None
            raise
        self._take_gaps(before)

    def _take_gaps(self, before: Sequence[Event]) -> None:
        """Raise what was found missing, where a handler takes such an error."""
        for event in self.catalog.events[len(before) :]:
            if isinstance(event, Missing) and any(is_caught(event.sqlstate, states) for states in self.caught):
                raise CatalogError(event.sqlstate, event.message)

    def look(self, text: str) -> None:
        """Look for what a query of the procedure reads: it must be there before its rows are asked for."""
        select = select_of(text) if _FROM.search(text) else None
        if select is None:
            return

        def work_out(catalog: Catalog) -> None:
            self._bind(self._statement({"SelectStmt": dict(select.node)}, _Inside(text, self.outer.location)), catalog)

        shape = select.shape
        before = self.catalog.events
        try:
            if shape is None:
                work_out(self.catalog)
            else:
                remembered(self.catalog, (shape, *self._names()), work_out)
        except CatalogError as error:
            error.position = None
            raise
        self._take_gaps(before)

    def _names(self) -> list[str]:
        """What SQL may name that is no column: variables, and what stands before their names."""
        return [name for name in (*self.variables, *self.qualifiers) if not name.startswith("$")]

    def _bind(self, statement: Statement, catalog: Catalog) -> None:
        outer, catalog.statement = catalog.statement, statement
        try:
            scope = Scope(values=dict.fromkeys(self._names()))
            Binder(catalog, statement, edits=False).command(statement.kind, statement.node, scope)
        finally:
            catalog.statement = outer

    def _follow(self, statement: Statement) -> None:
        """Do what one statement does to the catalog."""
        from ..simulate import run

        kind, node = statement.kind, statement.node
        if kind not in _QUERIES or "intoClause" in node:
            require_open(self.catalog, kind, node)
            run(self.catalog, statement)
            return
        if kind in _READS:
            self._bind(statement, self.catalog)
        if kind in {"SelectStmt", "CallStmt"}:
            self.calls_of_rows(node)
        elif platform_rows.is_rows(node):
            platform_rows.change(self.evaluator(), kind, node, self._lose_keys)

    def rows(self, text: str, concerns: str | None = None) -> Rows | None:
        """The rows of a query, where the catalog can answer it."""
        select = select_of(text)
        return None if select is None else query(self.evaluator(concerns), select.node)

    def evaluator(self, concerns: str | None = None) -> Evaluator:
        """What evaluates expressions with the variables as they are now."""
        evaluator = Evaluator(self.catalog, self.variables, concerns, self.result, self.declared())
        evaluator.by_doubt = self.by_doubt
        return evaluator

    def declared(self) -> Collection[str]:
        """The variables that no column of a query may be called as."""
        return ()

    def evaluate(self, expression: Node, concerns: str | None = None) -> Value:
        """The value of an expression of PL/pgSQL; ``concerns`` as of ``system_views.rows``, for a guard."""
        return self.evaluate_text(expression["PLpgSQL_expr"]["query"], concerns)

    def evaluate_text(self, text: str, concerns: str | None = None) -> Value:
        """The value of an expression; a query after it (``x from t``) is asked for its first column."""
        asked = select_of("select " + text)
        if asked is None:
            return UNKNOWN
        select, evaluator = asked.node, self.evaluator(concerns)
        targets = select.get("targetList", ())
        if len(targets) == 1 and not any(clause in select for clause in ("fromClause", "whereClause", "larg")):
            return evaluator.value(targets[0]["ResTarget"]["val"])
        rows = query(evaluator, select)
        if rows is None or not rows.complete or len(rows.rows) > 1:
            return UNKNOWN
        return next(iter(rows.rows[0].values()), UNKNOWN) if rows.rows else None

    # -- calls -----------------------------------------------------------------------------------------------

    def calls_in(self, expression: Node) -> None:
        """Run the functions that an expression of PL/pgSQL calls."""
        self.calls_of(expression["PLpgSQL_expr"]["query"])

    def calls_of(self, text: str) -> None:
        """Run the functions that an expression calls."""
        if "(" not in text:
            return
        select = select_of("select " + text)
        if select is not None and select.calls:
            self.calls(select.node)

    def calls(self, node: Any, evaluator: Evaluator | None = None) -> None:
        """Run every function that a tree calls, innermost first."""
        if isinstance(node, list):
            for each in node:
                self.calls(each, evaluator)
        elif isinstance(node, dict):
            for name, each in node.items():
                if isinstance(each, (dict, list)):
                    self.calls(each, evaluator)
                if name in {"FuncCall", "funccall"}:
                    calls.follow(self, each, evaluator)

    def calls_of_rows(self, select: Node) -> None:
        """Run what a query calls, once for each of its rows where they are known."""
        targets = select.get("targetList", ())
        if not ("fromClause" in select or "whereClause" in select) or not any(map(_calls_others, targets)):
            self.calls(select)
            return
        evaluator = self.evaluator()
        found = matches(evaluator, select) if "withClause" not in select else None
        if found is None:
            self.calls(select)
            return
        self.calls([each for name, each in select.items() if name not in {"targetList", "whereClause"}])
        limited = "limitCount" in select and len(found) > 1
        for match in found[:_CALLS]:

            def attempt(match: Match = match) -> None:
                with evaluator.within(match.rows):
                    self.calls(targets, evaluator)

            if match.sure and not limited:
                attempt()
            else:
                self.trial("the rows for which it calls functions are not known", attempt)


def _makes_relation(raw: Any) -> bool:
    """Whether a statement makes a relation whose name is not known."""
    ((_, node),) = raw.stmt.items()
    made = [node.get(each) for each in ("relation", "view", "sequence", "typevar")] if raw.stmt.keys() & _MAKES else []
    made.append(node.get("into", {}).get("rel") if "into" in node else None)
    return any(HOLE in each.get("relname", "") for each in made if each)


def _calls_others(node: Any) -> bool:
    """Whether a tree calls a function that is not the server's own."""
    if isinstance(node, list):
        return any(map(_calls_others, node))
    if not isinstance(node, dict):
        return False
    if (call := node.get("FuncCall")) is not None:
        names = strings(call["funcname"])
        if names[:-1] not in ([], ["pg_catalog"]) or names[-1] not in pg_catalog().functions:
            return True
    return any(_calls_others(each) for each in node.values() if isinstance(each, (dict, list)))
