"""The access matrix held against a real PostgreSQL: rows are made, roles and claims set, commands run, all undone.

Each cell that claims to know is tried with rows of the user who asks and rows of another. Triggers and foreign keys
are off meanwhile (``session_replication_role = replica``) and CHECKs are dropped, so that privileges and policies
alone decide. What cannot be tried so is said, and proves nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import msgspec

from .cell import UNKNOWN, Cell, Through
from .made_rows import OTHER, USER, Column, Maker, columns_of

if TYPE_CHECKING:
    from psycopg import Connection

# The statement is refused: no privilege or a policy's check (42501), policies in a circle, functions in one
REFUSED = frozenset({"42501", "42P17", "54001"})

_BECOME = """
select pg_catalog.set_config('request.jwt.claims', %s, true), pg_catalog.set_config('role', %s, true)"""

AGREED, DIFFERS, UNTRIED = "agreed", "differs", "untried"


NOBODYS = "no row of the user's own was seen"  # other conditions of the policy: it holds, but shows less


class Outcome(msgspec.Struct, frozen=True):
    """What came of trying a cell: agreed, differs, or untried, and why."""

    cell: Cell
    verdict: str
    said: str = ""


class _Undo(Exception):  # noqa: N818 - no error: the way out of a transaction that is undone
    """Leave a savepoint and undo it."""


@contextmanager
def undone(connection: Connection[Any]) -> Iterator[None]:
    """Run statements and undo them."""
    with suppress(_Undo), connection.transaction():
        yield
        raise _Undo


def prove(connection: Connection[Any], cells: Sequence[Cell]) -> list[Outcome]:
    """Try every cell; the connection is a superuser's, and nothing of what is done in it stays."""
    found: list[Outcome] = []
    by_table: dict[str, list[Cell]] = {}
    for cell in cells:
        by_table.setdefault(cell.table, []).append(cell)
    for table, mine in by_table.items():
        there = connection.execute("select pg_catalog.to_regclass(%s)", [table]).fetchone()
        if there is None or there[0] is None:
            found += [Outcome(each, UNTRIED, "there is no such table") for each in mine]
            continue
        with undone(connection):
            connection.execute("set local session_replication_role = replica")
            connection.execute("set local search_path = public, extensions")  # as the API has it
            connection.execute("set local statement_timeout = '20s'")
            found += _Trial(connection, table).all(mine)
    return found


def claims_of(role: str) -> dict[str, str]:
    """The claims of a token of the platform for a role."""
    if role == "authenticated":
        return {"role": role, "sub": USER, "aud": role, "email": "user@example.com"}
    return {"role": role}


class _Trial:
    """One table's cells, tried on rows of the user's and of another's."""

    def __init__(self, connection: Connection[Any], table: str) -> None:
        self.connection, self.table = connection, table
        self.columns = columns_of(connection, table)
        self.maker = Maker(connection, table, self.columns)

    def all(self, cells: Sequence[Cell]) -> list[Outcome]:
        """Try each cell."""
        self.maker.open()
        made = self.maker.fill({name for each in cells for name in each.own})
        if not made:
            return [Outcome(each, UNTRIED, "no row could be made") for each in cells]
        return [self.outcome(each) for each in cells]

    def outcome(self, cell: Cell) -> Outcome:
        """Try one cell: the table itself, and each way beside it."""
        if cell.direct == UNKNOWN:
            return Outcome(cell, UNTRIED, "the cell does not claim to know")
        with undone(self.connection):
            verdict, said = getattr(self, f"_{cell.command}")(cell)
        if verdict == AGREED:
            for way in cell.through:
                if way.kind != "function" and way.access in {"all", "own"}:
                    with undone(self.connection):
                        if problem := self._through(cell, way):
                            return Outcome(cell, DIFFERS, f"{way.identity}: {problem}")
        return Outcome(cell, verdict, said)

    # -- running ---------------------------------------------------------------------------------------------

    def run(self, role: str, sql: str) -> int | str:
        """Run a statement as a role: the number it gives or the rows it changes, or the SQLSTATE it fails with."""
        import psycopg

        try:
            with self.connection.transaction():  # what fails takes role and claims back with it
                self.connection.execute(_BECOME, [json.dumps(claims_of(role)), role])
                cursor = self.connection.execute(sql)
                number = cursor.fetchone()[0] if cursor.description else cursor.rowcount  # type: ignore[index]
                self.connection.execute("reset role")
                return int(number)
        except psycopg.Error as error:
            return error.sqlstate or "error"

    def count(self, condition: str = "true", relation: str = "") -> int:
        """Count rows, as the superuser."""
        cursor = self.connection.execute(f"select pg_catalog.count(*) from {relation or self.table} where {condition}")
        return int(cursor.fetchone()[0])  # type: ignore[index]  # a count has one row

    def mine(self, cell: Cell) -> str:
        """The condition for rows of the user who asks, as the cell sees it."""
        return " or ".join(f"({column.quoted}::text = '{USER}')" for column in self.pinned(cell)) or "false"

    def pinned(self, cell: Cell) -> list[Column]:
        """The columns of which the cell says that they are the user's."""
        return [each for each in self.columns if each.name in cell.own]

    # -- the commands ----------------------------------------------------------------------------------------

    def _select(self, cell: Cell) -> tuple[str, str]:
        seen = self.run(cell.role, f"select pg_catalog.count(*) from {self.table}")
        if isinstance(seen, str):
            return self._refused(cell, seen)
        if cell.direct == "own":
            foreign = self.run(cell.role, f"select pg_catalog.count(*) from {self.table} where not ({self.mine(cell)})")
            if isinstance(foreign, int) and foreign:
                return DIFFERS, f"{foreign} rows of others are seen"
            if seen > self.count(self.mine(cell)):
                return DIFFERS, f"{seen} rows are seen"
            return AGREED, "" if seen else NOBODYS
        return self._counted(cell, seen)

    def _delete(self, cell: Cell) -> tuple[str, str]:
        if problem := self._filtered(cell, f"delete from {self.table} where {self._reading()}"):
            return DIFFERS, problem
        others = self.count(f"({self.mine(cell)}) is not true")
        total = self.count()
        gone = self.run(cell.role, f"delete from {self.table}")
        if isinstance(gone, str):
            return self._refused(cell, gone)
        if cell.direct == "own":
            left = self.count(f"({self.mine(cell)}) is not true")
            return (AGREED, "") if left == others else (DIFFERS, f"{others - left} rows of others are deleted")
        return self._counted(cell, gone, total)

    def _update(self, cell: Cell) -> tuple[str, str]:
        last = "no column could be set"
        for column in self._settable(cell):
            value = self.maker.sample(column)
            if value is None:
                continue
            with undone(self.connection):
                before = self._places(f"({self.mine(cell)}) is not true")
                total = self.count()
                changed = self.run(cell.role, f"update {self.table} set {column.quoted} = {value}")
                touched = len(before - self._places("true"))
            if isinstance(changed, str) and changed not in REFUSED:
                last = f"setting {column.name} fails with {changed}"
                continue
            if changed == "42501" and cell.direct in {"own", "some"}:
                last = f"setting {column.name} is refused by a check"
                continue
            if problem := self._filtered(
                cell, f"update {self.table} set {column.quoted} = {value} where {self._reading()}"
            ):
                return DIFFERS, problem
            if isinstance(changed, str):
                return self._refused(cell, changed)
            if cell.direct == "own":
                return (DIFFERS, f"{touched} rows of others are changed") if touched else self._given_away(cell)
            return self._counted(cell, changed, total)
        return (AGREED, "") if cell.direct == "some" and "refused" in last else (UNTRIED, last)

    def _given_away(self, cell: Cell) -> tuple[str, str]:
        """Whether the user can make a row another's."""
        for column in self.pinned(cell):
            if (cell.columns is None or column.name in cell.columns) and len(cell.own) == 1:
                changed = self.run(cell.role, f"update {self.table} set {column.quoted} = '{OTHER}'")
                if isinstance(changed, int) and changed:
                    return DIFFERS, f"{changed} rows are given away"
        return AGREED, ""

    def _insert(self, cell: Cell) -> tuple[str, str]:
        verdicts = {whose: self._inserted(cell, whose) for whose in (USER, OTHER)}
        failed = [each for each in verdicts.values() if each not in REFUSED and each != "inserted"]
        if cell.direct == "none":
            wrong = [whose for whose, each in verdicts.items() if each == "inserted"]
            if wrong:
                return DIFFERS, "a row is inserted"
            return (UNTRIED, f"fails with {failed[0]}") if failed else (AGREED, "")
        if cell.direct == "all":
            refused = [each for each in verdicts.values() if each in REFUSED]
            if refused:
                return DIFFERS, f"refused with {refused[0]}"
            return (UNTRIED, f"fails with {failed[0]}") if failed else (AGREED, "")
        if cell.direct == "own" and verdicts[OTHER] == "inserted":
            return DIFFERS, "a row of another's is inserted"
        if cell.direct == "own" and verdicts[OTHER] not in REFUSED:
            return UNTRIED, f"fails with {verdicts[OTHER]}"
        return AGREED, ""

    def _inserted(self, cell: Cell, whose: str) -> str:
        outcome: int | str = "no row could be made"
        with undone(self.connection):
            self.connection.execute(f"delete from {self.table}")  # one row for each user may be all that keys allow
            row = self.maker.row(whose, {each.name for each in self.pinned(cell)})
            if row is not None:
                given = {name: value for name, value in row.items() if cell.columns is None or name in cell.columns}
                outcome = self.run(cell.role, self.maker.insert(given))
        return outcome if isinstance(outcome, str) else "inserted"

    # -- judging ---------------------------------------------------------------------------------------------

    @staticmethod
    def _refused(cell: Cell, sqlstate: str) -> tuple[str, str]:
        if sqlstate not in REFUSED:
            return UNTRIED, f"fails with {sqlstate}"
        return (AGREED, "") if cell.direct == "none" else (DIFFERS, f"refused with {sqlstate}")

    def _counted(self, cell: Cell, number: int, total: int | None = None) -> tuple[str, str]:
        whole = self.count() if total is None else total
        right = {"none": number == 0, "all": number == whole, "some": number <= whole}[cell.direct]
        return (AGREED, "") if right else (DIFFERS, f"{number} of {whole} rows")

    def _filtered(self, cell: Cell, sql: str) -> str | None:
        """What is wrong with what a cell says of a statement with a WHERE on columns."""
        said = cell.filtered or cell.direct
        if said not in {"none", "all"}:
            return None
        total = self.count()
        with undone(self.connection):
            number = self.run(cell.role, sql)
        if isinstance(number, str):
            return f"with WHERE refused with {number}" if said == "all" and number in REFUSED else None
        wrong = number != (0 if said == "none" else total)
        return f"with WHERE {number} of {total} rows" if wrong else None

    def _reading(self) -> str:
        """A condition that reads a column and is true of every row."""
        first = self.columns[0].quoted
        return f"({first} is null or {first} is not null)"

    def _settable(self, cell: Cell) -> list[Column]:
        allowed = [
            each for each in self.columns if each.settable and (cell.columns is None or each.name in cell.columns)
        ]
        return sorted(allowed, key=lambda each: (each.name in cell.own, each.unique))

    def _places(self, condition: str) -> set[tuple[str, str]]:
        cursor = self.connection.execute(f"select tableoid::text, ctid::text from {self.table} where {condition}")
        return {(row[0], row[1]) for row in cursor.fetchall()}

    def _through(self, cell: Cell, way: Through) -> str | None:
        """What is wrong with what a cell says of a view, a parent or a child; None also where it cannot be tried."""
        if way.kind == "materialized view":
            self.connection.execute(f"refresh materialized view {way.identity}")
        if way.kind in {"parent", "child"} and cell.command != "select":
            return None
        sql = self._by_way(cell, way)
        total, others = self.count(), self._places(f"({self._users()}) is not true")
        number = self.run(cell.role, sql) if sql else "nothing to run"
        if isinstance(number, str):
            return f"refused with {number}" if number in REFUSED else None
        if way.access == "own":
            touched = len(others - self._places("true"))
            return f"{touched} rows of others are changed" if touched else None
        wanted = 1 if cell.command == "insert" else total
        return f"{number} of {wanted} rows" if number != wanted and way.kind != "child" else None

    def _by_way(self, cell: Cell, way: Through) -> str | None:
        """The command on another relation than the table."""
        if cell.command == "select":
            only = f" where tableoid = '{self.table}'::pg_catalog.regclass" if way.kind == "parent" else ""
            return f"select pg_catalog.count(*) from {way.identity}{only}"
        if cell.command == "delete":
            return f"delete from {way.identity}"
        shown = {each.name for each in columns_of(self.connection, way.identity)}
        if cell.command == "update":
            for column in self._settable(cell):
                if column.name in shown and not column.unique and (value := self.maker.sample(column)):
                    return f"update {way.identity} set {column.quoted} = {value}"
            return None
        row = self.maker.row(OTHER, ())
        if row is None:
            return None
        return self.maker.insert({name: value for name, value in row.items() if name in shown}, way.identity)

    def _users(self) -> str:
        """The condition for rows that hold the user's id anywhere."""
        return " or ".join(f"({each.quoted}::text = '{USER}')" for each in self.columns)


def tally(outcomes: Sequence[Outcome]) -> Mapping[str, int]:
    """How many cells came out how."""
    found = dict.fromkeys((AGREED, DIFFERS, UNTRIED), 0)
    for each in outcomes:
        found[each.verdict] += 1
    return found
