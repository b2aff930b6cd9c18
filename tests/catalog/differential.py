"""Simulated against real: what a case makes of a catalog, read from both, and where they differ.

A case file, ``cases/<form>.sql``, holds cases, each after a line ``-- case: <what it is about>``. The statements of
a case are run one by one, as psql does without ON_ERROR_STOP. Before one that the server refuses stands
``-- refused: <SQLSTATE>``; ``-- refused: <SQLSTATE> again`` where the simulation says nothing, because it has
reported the same gap before. ``-- known: 80 %`` in a case lowers the share of facts that must be known,
``-- as: supabase_admin`` runs it as another role, ``-- from: 17`` on servers of that major and newer alone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from pasteproof.schema import live
from pasteproof.schema.belonging import LISTS, holder
from pasteproof.schema.catalog import Catalog, Event, Key, Missing, Object, Rejection, Unmodelled
from pasteproof.schema.normal.likeness import Likeness
from pasteproof.schema.objects.privilege import all_privileges
from pasteproof.schema.simulate import platform_catalog, run_source
from pasteproof.schema.source import Location, Rejected, Source, Statement, statements

if TYPE_CHECKING:
    import psycopg

CASES = Path(__file__).parent / "cases"
_CASE = re.compile(r"^-- case: *(.+?) *$", re.MULTILINE)
_REFUSED = re.compile(r"-- refused: *(\w{5})( again)?")
_KNOWN = re.compile(r"^-- known: *(\d+) ?%", re.MULTILINE)
_ROLE = re.compile(r"^-- as: *(\w+)", re.MULTILINE)
_SINCE = re.compile(r"^-- from: *(\d+)", re.MULTILINE)
_LEAST_SHARE = 97  # percent of the facts of what a case makes or changes
_PARENTS = ("table", "view", "type", "sequence", "function", "schema")


class Case(NamedTuple):
    """One case: the file's stem and its title, and its statements."""

    name: str
    source: Source
    least: int  # percent of the facts that must be known
    role: str = "postgres"
    since: int = 0  # the first major that takes it

    @property
    def statements(self) -> list[Statement | Rejected]:
        return statements(self.source)

    @property
    def alone(self) -> bool:
        """Whether it needs a database of its own: it ends transactions, or cannot run in one."""
        return any(
            isinstance(each, Statement) and (each.kind == "TransactionStmt" or "concurrently" in each.text.lower())
            for each in self.statements
        )


def cases() -> Iterator[Case]:
    """All cases of all files."""
    for path in sorted(CASES.glob("*.sql")):
        text = path.read_text("utf-8")
        titles = list(_CASE.finditer(text))
        for number, title in enumerate(titles):
            end = titles[number + 1].start() if number + 1 < len(titles) else len(text)
            body = text[title.start() : end]
            known, role, since = (each.search(body) for each in (_KNOWN, _ROLE, _SINCE))
            source = Source.from_text(f"{path.stem}: {title[1]}", body)
            yield Case(
                source.path,
                source,
                int(known[1]) if known else _LEAST_SHARE,
                role[1] if role else "postgres",
                int(since[1]) if since else 0,
            )


class Refusal(NamedTuple):
    """What is said about one statement: by the comment before it, by the server, by the simulation."""

    sqlstate: str | None
    again: bool = False


def written_refusal(piece: Statement | Rejected) -> Refusal:
    """The refusal that the comments before a statement announce."""
    if isinstance(piece, Rejected):
        before = piece.source.data[: piece.start].decode().rstrip().rpartition("\n")[2]
    else:
        before = " ".join(piece.source.slice(*span) for span in piece.comments if span[0] < piece.start)
    found = list(_REFUSED.finditer(before))
    return Refusal(found[-1][1], bool(found[-1][2])) if found else Refusal(None)


def run(connection: psycopg.Connection[Any], case: Case, *, savepoints: bool) -> list[str | None]:
    """Run a case as psql would; returns the SQLSTATE of each statement (None: it went well)."""
    import psycopg

    answers: list[str | None] = []
    for piece in case.statements:
        text = piece.source.slice(piece.start, piece.end)
        try:
            if savepoints:
                connection.execute("savepoint here")
            connection.execute(text.encode())
            answers.append(None)
        except psycopg.Error as error:
            answers.append(error.sqlstate)
            if savepoints:
                connection.execute("rollback to savepoint here")
    return answers


def read(connection: psycopg.Connection[Any]) -> dict[Key, Object]:
    """The objects of a live database."""
    path = connection.execute("show search_path").fetchone()
    role = connection.execute("select current_user, session_user").fetchone()
    connection.execute("reset role; set search_path = ''")
    cursor = connection.execute(live.query().encode())
    names = [column.name for column in cursor.description or ()]
    found = live.objects(dict(zip(names, row, strict=True)) for row in cursor)
    if path and role:
        connection.execute("select set_config('search_path', %s, false)", path)
    return {each.key: each for each in found}


class Comparison(NamedTuple):
    """What a case makes of the catalog, seen from both sides."""

    wrong: list[str]
    known: int
    facts: int
    unknown: Counter[str]  # the facts that are not known, by kind and attribute


def compare(
    case: Case,
    before: dict[Key, Object],
    after: dict[Key, Object],
    answers: list[str | None],
    *,
    announced: bool = True,
) -> Comparison:
    """Hold the simulation of a case against what the server made of it.

    ``announced``: comments say what is refused, and with which SQLSTATE; else only whether counts.
    """
    baseline, catalog = platform_catalog(), platform_catalog()
    run_source(catalog, case.source, case.role)
    events = tuple(catalog.events)
    wrong = list(_refusals(case, events, answers, announced=announced))
    followed = _followed(case, events, answers)
    known = facts = 0
    unknown: Counter[str] = Counter()
    old, new = _everything(baseline), _everything(catalog)
    for key, real in after.items():
        mine = new.get(key)
        if _same(before.get(key), real) and (mine is None or _same(old.get(key), mine)):
            continue
        names = real.attribute_names()
        facts += len(names)
        if mine is None:
            if not _may_exist(catalog, events, real) and not _touched(old.get(key), followed):
                wrong.append(f"not made: {_shown(real)}")
            unknown.update(f"{real.kind} {name}" for name in names)
            continue
        if _touched(mine, followed) or _touched(holder(mine, catalog.find), followed):
            unknown.update(f"{real.kind} {name}" for name in names)
            continue
        for name in names:
            likeness = mine.likeness(real, name)
            if likeness is Likeness.DIFFERENT:
                wrong.append(f"{_shown(real)} {name}: {getattr(mine, name)!r}, in truth {getattr(real, name)!r}")
            known += likeness.same
            if likeness is Likeness.UNKNOWN:
                unknown[f"{real.kind} {name}"] += 1
    wrong += [
        f"in truth not there: {_shown(mine)}"
        for key, mine in new.items()
        if key not in after and mine.origin not in {"assumed", "external"} and not _temporary(mine)
        and not (key in old and key not in before)
        and not _may_be_gone(events, mine)
        and not _touched(mine, followed) and not _touched(holder(mine, catalog.find), followed)
        and getattr(holder(mine, catalog.find), "origin", "made") not in {"assumed", "external"}
    ]  # fmt: skip
    return Comparison(wrong, known, facts, unknown)


def _followed(case: Case, events: tuple[Event, ...], answers: list[str | None]) -> list[Location]:
    """The statements that the server refuses, because something is missing, and the simulation goes on with."""
    refused = [event.at for event in events if isinstance(event, Rejection)]
    return [
        piece.location
        for piece, answer in zip(case.statements, answers, strict=True)
        if answer is not None and not any(_within(at, piece.location) for at in refused)
    ]


def _within(at: Location, whole: Location) -> bool:
    return (whole.line, whole.column) <= (at.line, at.column) <= (whole.end_line, whole.end_column)


def _touched(obj: Object | None, places: list[Location]) -> bool:
    """Whether one of these statements made or changed an object."""
    if obj is None:
        return False
    return any(at is not None and _within(at, place) for place in places for at in (obj.made_at, obj.changed_at))


def _everything(catalog: Catalog) -> dict[Key, Object]:
    found = {each.key: each for each in catalog}
    found.update((each.key, each) for each in all_privileges(catalog))
    return found


def _same(left: Object | None, right: Object | None) -> bool:
    if left is None or right is None:
        return left is right
    return msgspec.structs.replace(left, made=None, changed=None) == msgspec.structs.replace(
        right, made=None, changed=None
    )


def _shown(obj: Object) -> str:
    return f"{obj.kind} {obj.identity}"


def _temporary(obj: Object) -> bool:
    return "pg_temp." in obj.identity


def _may_exist(catalog: Catalog, events: tuple[Event, ...], real: Object) -> bool:
    """Whether the simulation says that it does not know whether this is there."""
    parent = getattr(real, "table", None) or str(getattr(real, "object", "")).partition(" ")[2]
    for kind in _PARENTS:
        found = catalog.find((kind, parent)) if parent else None
        if found is not None and not found.knows(LISTS.get(real.kind, real.kind)):
            return True
        if found is not None and found.origin in {"assumed", "external"}:
            return True
    return _may_be_gone(events, real)


def _may_be_gone(events: tuple[Event, ...], obj: Object) -> bool:
    for event in events:
        if isinstance(event, Unmodelled):
            for kind, identity in event.touches:
                if kind in {obj.kind, "*"} and identity in {obj.identity, "*"}:
                    return True
    return False


def _refusals(case: Case, events: tuple[Event, ...], answers: list[str | None], *, announced: bool) -> Iterator[str]:
    """Where comment, server and simulation do not agree on what is refused."""
    for piece, answer in zip(case.statements, answers, strict=True):
        written, here = written_refusal(piece), piece.location
        if announced and written.sqlstate != answer:
            yield f"line {here.line}: the server says {answer}, the comment {written.sqlstate}"
        mine = [
            event.sqlstate for event in events if isinstance(event, Rejection | Missing) and _within(event.at, here)
        ]
        if answer is not None and not mine and not written.again:
            yield f"line {here.line}: the server refuses with {answer}, the simulation does not"
        if mine and (answer is None or (announced and answer not in mine)):
            yield f"line {here.line}: the simulation refuses with {', '.join(mine)}, the server says {answer}"
