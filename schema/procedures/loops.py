"""The loops of PL/pgSQL: over numbers, arrays, queries and cursors, and as long as a condition holds."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from ..catalog import CatalogError, Node
from .from_clause import Rows
from .plpgsql import targets_of, variable_of
from .runner import select_of
from .steps import Exit, Steps
from .values import HOLE, UNKNOWN, Value

_ROUNDS = 2000  # of a loop


class Loops(Steps):
    """One statement's procedures being run: the loops in them."""

    def _loop(self, node: Node, rounds: Iterator[Callable[[], None]], rest: int = _ROUNDS) -> None:
        """Run a loop; of its rounds after a doubt so many are done on trial."""
        steps = node.get("body", ())
        ran = False
        for count, bind in enumerate(rounds):
            ran = True
            bind()
            try:
                self.body_of(steps)
            except Exit as way:
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
                with contextlib.suppress(Exit):
                    self.body_of(steps)

        return attempt

    def _do_loop(self, node: Node) -> None:
        self._do_while(node)

    def _do_while(self, node: Node) -> None:
        """WHILE, and LOOP, which has no condition."""
        known: Value = True

        def rounds() -> Iterator[Callable[[], None]]:
            nonlocal known
            for _ in range(_ROUNDS):
                if "cond" in node:
                    self.look("select " + node["cond"]["PLpgSQL_expr"]["query"])
                    known = self.evaluate(node["cond"], self.frame.body.lower())
                    self.calls_in(node["cond"])
                if known is not True:
                    return
                yield lambda: None
            known = UNKNOWN

        self._loop(node, rounds(), rest=2)
        if known is UNKNOWN:
            self.on_trial(node.get("body", ()), ())

    def _do_fori(self, node: Node) -> None:
        name = variable_of(node["var"])
        step = self.evaluate(node["step"]) if "step" in node else 1
        first, last = self.evaluate(node["lower"]), self.evaluate(node["upper"])
        if not all(type(each) is int for each in (first, last, step)) or step <= 0:
            self.on_trial(node.get("body", ()), [name])
            return
        values = range(first, last - 1, -step) if node.get("reverse") else range(first, last + 1, step)
        self._loop(node, (self._binder(name, value) for value in values))

    def _do_fors(self, node: Node) -> None:
        text = node["query"]["PLpgSQL_expr"]["query"]
        self.look(text)
        self._over(node, self.rows(text))
        if (select := select_of(text)) is not None and "(" in text:
            self.calls_of_rows(select.node)

    def _do_forc(self, node: Node) -> None:
        """A loop over a cursor that is declared with its query."""
        text = self.frame.cursors.get(node.get("curvar", -1))
        self._over(node, self.rows(text) if text else None)

    def _do_dynfors(self, node: Node) -> None:
        text = self.evaluate(node["query"])
        self._over(node, self._asked(text, node) if isinstance(text, str) and HOLE not in text else None)

    def _asked(self, text: str, node: Node) -> Rows | None:
        """The rows of a text that is executed, with what USING gives it."""
        with self.apart(self.given(node)):
            self.look(text)
            return self.rows(text)

    def _over(self, node: Node, rows: Rows | None) -> None:
        names = targets_of(node["var"])
        if rows is None or rows.some:
            self.on_trial(node.get("body", ()), names)
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
                except Exit:
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
            self.on_trial(node.get("body", ()), [name])
            return
        self._loop(node, (self._binder(name, value) for value in values))

    def _binder(self, name: str, value: Value) -> Callable[[], None]:
        return lambda: self.give({name: value})
