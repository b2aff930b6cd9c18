"""What was worked out of the catalog, and is given again as long as all that was read for it is the same.

Policies of one table say the same again and again, and so do the defaults of columns.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Any, TypeVar

from .catalog import Catalog, Dependency, Event, Key, O, Object

T = TypeVar("T")
_Read = tuple[Any, Any, Any]  # what was called, with which argument, and what came of it

_ROOM = 1024  # answers that are kept


class _Reading(Catalog):
    """A catalog that notes what is read of it; ``sure`` is false once more was done than read by what is noted."""

    __slots__ = ("read", "sure")

    def __init__(self, catalog: Catalog) -> None:
        self.__dict__ = catalog.__dict__  # the same state, not a copy of it
        self.read: list[_Read] = []
        self.sure = True

    def find(self, key: Key) -> Object | None:
        found = super().find(key)
        self.read.append((_find, key, found))
        return found

    def get(self, kind: type[O], identity: str) -> O | None:
        found = super().get(kind, identity)
        self.read.append((_find, (kind.kind, identity), found))
        return found

    def of(self, kind: type[O]) -> Iterator[O]:
        self.read.append((_version, kind.kind, self.versions.get(kind.kind)))
        return super().of(kind)

    def children(self, parent: str, kind: type[O]) -> list[O]:
        found = super().children(parent, kind)
        self.read.append((_version, kind.kind, self.versions.get(kind.kind)))
        return found

    def routines(self, schema: str, name: str) -> list[Object]:
        found = super().routines(schema, name)
        self.read.append((_routines, (schema, name), found))
        return found

    # -- what is not noted ---------------------------------------------------------------------------------

    def __iter__(self) -> Iterator[Object]:
        self.sure = False
        return super().__iter__()

    def named(self, kind: str, name: str) -> list[Object]:
        self.sure = False
        return super().named(kind, name)

    def unsure(self, kind: str) -> list[Any]:
        self.sure = False
        return super().unsure(kind)

    def depends_on(self, key: Key) -> tuple[Dependency, ...]:
        self.sure = False
        return super().depends_on(key)

    def dependents(self, key: Key) -> list[Object]:
        self.sure = False
        return super().dependents(key)

    def put(self, obj: O, depends: Iterable[Dependency] | None = None) -> O:
        self.sure = False
        return super().put(obj, depends)

    def remove(self, key: Key) -> None:
        self.sure = False
        super().remove(key)

    def set_session(self, **values: Any) -> None:
        self.sure = False
        super().set_session(**values)

    def _get_events(self) -> list[Event]:
        self.sure = False
        events: list[Event] = self.__dict__["events"]
        return events

    def _set_events(self, events: list[Event]) -> None:
        self.sure = False
        self.__dict__["events"] = events

    events = property(_get_events, _set_events)


def _distinct(reads: list[_Read]) -> tuple[_Read, ...]:
    return tuple({(call, about): (call, about, found) for call, about, found in reads}.values())


def _find(catalog: Catalog, key: Key, before: Object | None) -> bool:
    return catalog.find(key) is before


def _version(catalog: Catalog, kind: str, before: int | None) -> bool:
    return catalog.versions.get(kind) == before


def _routines(catalog: Catalog, name: tuple[str, str], before: list[Object]) -> bool:
    now = catalog.routines(*name)
    return len(now) == len(before) and all(one is other for one, other in zip(now, before, strict=True))


def remembered(catalog: Catalog, question: Hashable, work_out: Callable[[Catalog], T]) -> T:
    """The answer to a question about the catalog; ``work_out`` is asked where it is not known.

    What it raises is passed on. It may read whatever it likes and change what it must: then nothing is kept.
    """
    known = catalog.answers.get(question)
    if known is not None:
        session, read, answer = known
        if session == (catalog.search_path, catalog.role) and all(
            same(catalog, about, before) for same, about, before in read
        ):
            return answer  # type: ignore[no-any-return]  # what was worked out for this question
    reading = _Reading(catalog)
    answer = work_out(reading)
    if reading.sure:
        if len(catalog.answers) >= _ROOM:
            catalog.answers.clear()
        catalog.answers[question] = ((catalog.search_path, catalog.role), _distinct(reading.read), answer)
    return answer
