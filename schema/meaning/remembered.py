"""What was worked out of the catalog, and is given again as long as all that was read for it is the same.

Policies of one table say the same again and again, and so do the defaults of columns.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

import msgspec

from ..catalog import Catalog, Dependency, Key, O, Object
from ..names import name_of
from ..store import RELATIONS
from .outline import Outline, of_text, of_tree

T = TypeVar("T")
Tables = Sequence[Any]
_Read = tuple[dict[Any, Any], Any, Any]  # an index of the catalog, what was looked up in it, and what was there

_ROOM = 1024  # answers that are kept


def _unnoted(name: str) -> Any:
    """An attribute of a catalog: of an answer that hangs on it nothing is kept."""

    def read(reading: _Reading) -> Any:
        reading.sure = False
        return reading.__dict__[name]

    def write(reading: _Reading, value: Any) -> None:
        reading.sure = False
        reading.__dict__[name] = value

    return property(read, write)


class _Reading(Catalog):
    """A catalog that notes what is read of it; ``sure`` is false once more was done than read by what is noted."""

    __slots__ = ("read", "sure")

    def __init__(self, catalog: Catalog) -> None:
        self.__dict__ = catalog.__dict__  # the same state, not a copy of it
        self.read: list[_Read] = []
        self.sure = True

    def find(self, key: Key) -> Object | None:
        objects = self._of_kind(key[0])
        found = objects.get(key[1])
        self.read.append((objects, key[1], found))
        return found

    def get(self, kind: type[O], identity: str) -> O | None:
        return self.find((kind.kind, identity))  # type: ignore[return-value]  # one kind, one class

    def relation(self, identity: str) -> Object | None:
        return next((found for kind in RELATIONS if (found := self.find((kind, identity))) is not None), None)

    def of(self, kind: type[O]) -> Iterator[O]:
        self.read.append((self.versions, kind.kind, self.versions[kind.kind]))
        return super().of(kind)

    def children(self, parent: str, kind: type[O]) -> list[O]:
        self.read.append((self.versions, kind.kind, self.versions[kind.kind]))
        return super().children(parent, kind)

    def derived(self, kind: str, what: str) -> dict[Any, Any]:
        self.read.append((self.versions, kind, self.versions[kind]))
        return super().derived(kind, what)

    def routines(self, schema: str, name: str) -> list[Object]:
        called = name_of(schema, name)
        found = self._routines.get(called)
        self.read.append((self._routines, called, found))
        return [self.find(("function", identity)) for identity in found or ()]  # type: ignore[misc]  # the index is true

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

    def add(self, obj: O) -> O:
        self.sure = False
        return super().add(obj)

    def remove(self, key: Key) -> None:
        self.sure = False
        super().remove(key)

    def set_session(self, **values: Any) -> None:
        self.sure = False
        super().set_session(**values)

    events = _unnoted("events")
    session_role = _unnoted("session_role")


class _Answer(msgspec.Struct, frozen=True):
    """An answer, and all that it rests on."""

    path: tuple[str, ...]
    role: str
    read: tuple[_Read, ...]
    answer: Any

    def holds(self, catalog: Catalog) -> bool:
        """Whether all that was read is as it was."""
        if self.path != catalog.search_path or self.role != catalog.role:
            return False
        for index, about, before in self.read:
            now = index.get(about)
            if now is not before and now != before:
                return False
        return True


class _Template(_Answer, frozen=True):
    """An answer that serves for other tables, too: ``columns`` are those of its own that were asked for, by their end.

    Each comes with the number of its table.
    """

    tables: tuple[Any, ...]
    columns: tuple[tuple[int, str, Any], ...]

    def serves(self, catalog: Catalog, tables: Sequence[Any]) -> bool:
        """Whether other tables have the columns alike, and all else is as it was."""
        if not self.holds(catalog):
            return False
        columns = catalog._objects.get("column", {})  # noqa: SLF001 - as a reading does
        for number, end, before in self.columns:
            now: Any = columns.get(tables[number].identity + end)
            if now is None or before is None:
                if now is not before:
                    return False
            elif now.type != before.type or now.unknown != before.unknown:
                return False
        return True

    def of(self, catalog: Catalog, outline: Outline) -> tuple[_Read, ...]:
        """What the same answer about other tables rests on."""
        objects = catalog._objects  # noqa: SLF001 - as a reading does
        read = list(self.read)
        read += ((objects["table"], table.identity, table) for table in outline.tables if outline.named)
        columns = objects.get("column", {})
        own = [outline.tables[number].identity + end for number, end, _ in self.columns]
        return (*read, *((columns, identity, columns.get(identity)) for identity in own))


def remembered(catalog: Catalog, question: Hashable, work_out: Callable[[Catalog], T]) -> T:
    """The answer to a question about the catalog; ``work_out`` is asked where it is not known.

    What it raises is passed on. It may read whatever it likes and change what it must: then nothing is kept.
    """
    known = recalled(catalog, question)
    if known is None:
        return _worked_out(catalog, question, work_out)[0]
    return known.answer  # type: ignore[no-any-return]  # what was worked out for this question


def recalled(catalog: Catalog, question: Hashable) -> _Answer | None:
    """What is kept as the ``answer`` to a question, as long as that holds."""
    known: _Answer | None = catalog.answers.get(question)
    if known is None or not known.holds(catalog):
        return None
    if isinstance(catalog, _Reading):
        catalog.read += known.read
    return known


def remembered_of(
    catalog: Catalog,
    text: bytes,
    table: Object,
    work_out: Callable[[Catalog], T],
    moved: Callable[[T, Tables, Tables], T],
    *,
    tree: Any = None,
) -> T:
    """The answer about an expression over the columns of a table, as ``remembered`` gives it.

    What was worked out for one table serves for another that has the columns alike, and so does that about the tables
    that its ``tree`` names, if that is JSON; ``moved`` puts the others in the place of the first. ``work_out`` may ask
    of a column its key, its type, and whether that is known.
    """
    question = (text, table.key, table.unknown)
    known: _Answer | None = catalog.answers.get(question)
    if known is not None and known.holds(catalog):
        if isinstance(catalog, _Reading):
            catalog.read += known.read
        return known.answer  # type: ignore[no-any-return]  # as above
    outline = of_text(text, table) or of_tree(catalog, tree, own=table)
    return remembered_alike(catalog, outline, work_out, moved, question=question)


def remembered_alike(
    catalog: Catalog,
    outline: Outline | None,
    work_out: Callable[[Catalog], T],
    moved: Callable[[T, Tables, Tables], T],
    *,
    question: Hashable = None,
) -> T:
    """The answer that was given about other tables of the same outline, or a new one.

    It is kept as that to the ``question``, unless nobody asks the same (None) again.
    """
    if outline is None:
        return work_out(catalog) if question is None else _worked_out(catalog, question, work_out)[0]
    template: _Template | None = catalog.answers.get(outline.said)
    if template is None or not template.serves(catalog, outline.tables):
        answer, rests_on = _worked_out(catalog, question, work_out)
        if rests_on is not None:
            _keep_template(catalog, outline, rests_on, answer)
        return answer
    answer = moved(template.answer, template.tables, outline.tables)
    if question is not None or isinstance(catalog, _Reading):
        read = template.of(catalog, outline)
        _keep(catalog, question, _Answer(catalog.search_path, catalog.role, read, answer))
        if isinstance(catalog, _Reading):
            catalog.read += read
    return answer


def _worked_out(
    catalog: Catalog, question: Hashable, work_out: Callable[[Catalog], T]
) -> tuple[T, tuple[_Read, ...] | None]:
    """The answer, and what was read for it (None: more was done than that)."""
    reading = _Reading(catalog)
    answer = work_out(reading)
    read = tuple({(id(index), about): (index, about, before) for index, about, before in reading.read}.values())
    if isinstance(catalog, _Reading):  # it is a part of another answer
        catalog.read += read
        catalog.sure = catalog.sure and reading.sure
    if not reading.sure:
        return answer, None
    _keep(catalog, question, _Answer(catalog.search_path, catalog.role, read, answer))
    return answer, read


def _keep_template(catalog: Catalog, outline: Outline, read: tuple[_Read, ...], answer: Any) -> None:
    """Keep an answer for other tables, where it asked nothing of its own that they may answer otherwise."""
    from ..objects import kinds

    if outline.named and getattr(answer, "edited", False):
        return  # its text says which tables it is about
    columns = catalog._objects.get("column")  # noqa: SLF001 - as a reading does
    tables = {table.identity: number for number, table in enumerate(outline.tables)}
    implied = catalog._objects.get("table")  # noqa: SLF001 - as a reading does
    own: list[tuple[int, str, Any]] = []
    others: list[_Read] = []
    for index, about, before in read:
        table = next((each for each in tables if index is columns and about.startswith(f"{each}.")), None)
        if table is not None:
            end = about[len(table) :]
            if outline.named and any(each.name == end[1:] for each in outline.tables):
                return  # of another table it would ask for another name
            own.append((tables[table], end, before))
        elif about in tables and outline.named and index is implied:
            continue
        elif about in tables or (index is catalog.versions and kinds()[about].belongs):
            return  # it reads the table as any other, or what some table has
        elif outline.named and any(each.name in about for each in outline.tables):
            return
        else:
            others.append((index, about, before))
    absent = {end[1:] for _, end, before in own if before is None}
    routines = catalog._routines  # noqa: SLF001 - as a reading does
    if any(index is routines and before and about.rpartition(".")[2] in absent for index, about, before in others):
        return  # for ``row.name`` may be a call, of a function of that row
    path, role = catalog.search_path, catalog.role
    _keep(catalog, outline.said, _Template(path, role, tuple(others), answer, outline.tables, tuple(own)))


def _keep(catalog: Catalog, question: Hashable, answer: _Answer) -> None:
    if question is None:
        return
    if len(catalog.answers) >= _ROOM:
        catalog.answers.clear()
    catalog.answers[question] = answer
