"""Where a catalog keeps its objects: by kind and identity, with what depends on what, and how changes are undone.

The indexes say the same as the objects and the edges. Each is worked out when it is first asked for, and kept up to
date from then on; a copy begins without any.
"""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Self

from msgspec.structs import force_setattr

from .names import name_of

if TYPE_CHECKING:
    from .catalog import Dependency, Key, O, Object

_RELATIONS = ("table", "view", "sequence", "index")  # what shares the names of pg_class, composite types aside
_INDEXED = frozenset({*_RELATIONS, "function"})
HIDDEN = "bystander"  # the kind of what is only known to exist: found by its key alone

NOTHING: dict[str, Any] = {}  # what there is of a kind that there is nothing of

_NOTHING_UNKNOWN: frozenset[str] = frozenset()  # one for all objects: Python makes each empty set anew

_Members = defaultdict[str, dict[str, None]]  # identity or name -> identities of objects of one kind
# What undoes a change: (key, the object before, its edges before or None where they stay), (attribute, before, None)
_Change = tuple[Any, Any, Any]


class Store:
    """All objects by (kind, identity), their edges, and the journal of changes."""

    def __init__(self) -> None:
        self._objects: dict[str, dict[str, Object]] = {}
        self._depends: dict[Key, tuple[Dependency, ...]] = {}
        self._named: dict[str, _Members] = {}  # by kind and name, of the kinds that were asked for
        self._journal: list[_Change] = []
        self._shared: dict[Dependency, Dependency] = {}  # the edges of one file: its objects have many in common
        self._derived: dict[str, tuple[int, dict[Any, Any]]] = {}  # what follows from a kind, at which version
        self.versions: dict[str, int] = defaultdict(int)  # kind -> how often anything of it changed
        self.answers: dict[Any, Any] = {}  # of ``remembered``

    def copy(self) -> Self:
        """An independent store with the same objects."""
        other = copy.copy(self)  # what is never changed in place
        for name in _INDEXES:
            other.__dict__.pop(name, None)
        other.__dict__ |= {
            "_objects": {kind: dict(objects) for kind, objects in self._objects.items()},
            "_depends": dict(self._depends),
            "_named": {},
            "_journal": [],
            "_shared": {},
            "versions": self.versions.copy(),
            "answers": {},
            "_derived": {},
        }
        return other

    # -- the indexes -------------------------------------------------------------------------------------------

    @cached_property
    def _children(self) -> defaultdict[str, _Members]:
        """By kind, and by the relation (or domain) that it belongs to."""
        index: defaultdict[str, _Members] = defaultdict(partial(defaultdict, dict))
        for obj in self._all():
            if obj.belongs and obj.table is not None:
                index[obj.kind][obj.table][obj.identity] = None
        return index

    @cached_property
    def _relations(self) -> dict[str, str]:
        """The kind of each relation, by its identity."""
        return {identity: kind for kind in reversed(_RELATIONS) for identity in self._objects.get(kind, ())}

    @cached_property
    def _routines(self) -> dict[str, tuple[str, ...]]:
        """The identities of a routine's overloads, by its name: ``public.f``."""
        index: dict[str, tuple[str, ...]] = {}
        for identity, obj in self._objects.get("function", NOTHING).items():
            called = name_of(obj.schema, obj.name)
            index[called] = (*index.get(called, ()), identity)
        return index

    @cached_property
    def _unsure(self) -> _Members:
        """By kind, the objects of which something is unknown."""
        index: _Members = defaultdict(dict)
        for obj in self._all():
            if obj.unknown:
                index[obj.kind][obj.identity] = None
        return index

    @cached_property
    def _dependents(self) -> defaultdict[Key, dict[Key, None]]:
        """What needs an object, in the order it came."""
        index: defaultdict[Key, dict[Key, None]] = defaultdict(dict)
        for key, edges in self._depends.items():
            for edge in edges:
                index[edge.on][key] = None
        return index

    def _all(self) -> Iterator[Any]:
        for objects in self._objects.values():
            yield from objects.values()

    # -- reading -----------------------------------------------------------------------------------------------

    def get(self, kind: type[O], identity: str) -> O | None:
        """The object of this kind and identity, if there is one."""
        return self._objects.get(kind.kind, NOTHING).get(identity)

    def find(self, key: Key) -> Object | None:
        """The object with this key, if there is one."""
        return self._objects.get(key[0], NOTHING).get(key[1])

    def relation(self, identity: str) -> Object | None:
        """The table, view, sequence or index of this identity, if there is one."""
        kind = self._relations.get(identity)
        return None if kind is None else self._objects[kind][identity]

    def of(self, kind: type[O]) -> Iterator[O]:
        """All objects of a kind, in the order they were made."""
        return iter(tuple(self._objects.get(kind.kind, NOTHING).values()))

    def __iter__(self) -> Iterator[Object]:
        for kind, objects in self._objects.items():
            if kind != HIDDEN:
                yield from objects.values()

    def __contains__(self, key: Key) -> bool:
        return self.find(key) is not None

    def children(self, parent: str, kind: type[O]) -> list[O]:
        """What belongs to a relation (or domain): its columns, constraints, indexes, triggers, policies."""
        members = self._children[kind.kind].get(parent)
        if not members:
            return []
        objects = self._objects[kind.kind]
        return [objects[identity] for identity in members]  # type: ignore[misc]  # as in get

    def routines(self, schema: str, name: str) -> list[Object]:
        """All overloads of a function, procedure or aggregate."""
        found = self._routines.get(name_of(schema, name))
        if not found:
            return []
        functions = self._objects["function"]
        return [functions[identity] for identity in found]

    def named(self, kind: str, name: str) -> list[Object]:
        """All objects of a kind that have this name, in whatever schema or on whatever table."""
        objects = self._objects.get(kind, NOTHING)
        index = self._named.get(kind)
        if index is None:
            index = self._named[kind] = defaultdict(dict)
            for identity, obj in objects.items():
                index[obj.name][identity] = None
        return [objects[identity] for identity in index.get(name, ())]

    def constraints_named(self, name: str) -> list[Object]:
        """All constraints of this name, on whatever table or domain."""
        return self.named("constraint", name)

    def unsure(self, kind: str) -> list[Any]:
        """The objects of a kind of which something is not known."""
        objects = self._objects.get(kind, NOTHING)
        return [objects[identity] for identity in self._unsure.get(kind, ())]

    def derived(self, kind: str, what: str) -> dict[Any, Any]:
        """A place for what follows from the objects of a kind alone; empty again once any of them is otherwise."""
        version, found = self._derived.get(what, (-1, {}))
        if version != self.versions[kind]:
            found = {}
            self._derived[what] = (self.versions[kind], found)
        return found

    def depends_on(self, key: Key) -> tuple[Dependency, ...]:
        """The edges from an object to what it needs."""
        return self._depends.get(key, ())

    def dependents(self, key: Key) -> list[Object]:
        """The objects that need this one, in the order they came."""
        return [found for each in self._dependents.get(key, ()) if (found := self.find(each))]

    # -- changing ----------------------------------------------------------------------------------------------

    def _change(self, key: Key, obj: Object | None, depends: tuple[Dependency, ...] | None) -> None:
        """Put an object in the place of what is there (None: take that out), with its edges unless they stay."""
        kind, identity = key
        before = self._objects.get(kind, NOTHING).get(identity)
        if obj is not None:
            if before is None:
                self._add(kind, identity, obj, depends or ())
                return
            self._objects[kind][identity] = obj
            if obj.unknown or before.unknown:
                self._mark(kind, identity, obj)
        elif before is not None:
            del self._objects[kind][identity]
            self._leave(kind, identity, before)
        edges = None
        if depends is not None:
            edges = self._depends.get(key, ())
            if edges != depends:
                self._link(key, edges, depends)
        self.versions[kind] += 1
        self._journal.append((key, before, edges))

    def _add(self, kind: str, identity: str, obj: Any, depends: Iterable[Dependency]) -> None:
        """Put an object where nothing is."""
        key = (kind, identity)
        if kind not in self._objects:
            self._objects[kind] = {}
        self._objects[kind][identity] = obj
        if obj.belongs and obj.table is not None:
            self._children[kind][obj.table][identity] = None
        if kind in _INDEXED or kind in self._named:
            self._enter(kind, identity, obj)
        if obj.unknown:
            self._unsure[kind][identity] = None
        else:
            force_setattr(obj, "unknown", _NOTHING_UNKNOWN)
        shared = self._shared
        if edges := tuple([shared.setdefault(edge, edge) for edge in depends]):
            self._depends[key] = edges
            dependents = self._dependents
            for edge in edges:
                dependents[edge.on][key] = None
        self.versions[kind] += 1
        self._journal.append((key, None, ()))

    def fill(self, made: Iterable[tuple[Object, tuple[Dependency, ...]]]) -> None:
        """Take objects with their edges into a store that holds nothing yet; that is not journalled."""
        for obj, depends in made:
            kind, identity = key = obj.key
            if kind not in self._objects:
                self._objects[kind] = {}
            self._objects[kind][identity] = obj
            if depends:
                self._depends[key] = depends

    def savepoint(self) -> int:
        """A mark to roll back to."""
        return len(self._journal)

    def rollback(self, mark: int) -> None:
        """Undo everything since the mark."""
        journal = self._journal
        while len(journal) > mark:
            what, before, edges = journal.pop()
            if isinstance(what, str):
                setattr(self, what, before)
            else:
                self._change(what, before, edges)
                journal.pop()

    def changed(self, prefix: str) -> list[Key]:
        """What is there of what was changed since the journal began, and whose identity begins so."""
        found = [what for what, *_ in self._journal if isinstance(what, tuple) and what[1].startswith(prefix)]
        return [key for key in dict.fromkeys(found) if key in self]

    def changed_since(self, mark: int) -> dict[Key, Object | None]:
        """What was put, renamed or removed since the mark, and what it was before."""
        return {what: before for what, before, _ in reversed(self._journal[mark:]) if isinstance(what, tuple)}

    def forget_journal(self) -> None:
        """What was done can no longer be undone."""
        self._journal.clear()
        self._shared.clear()

    def _enter(self, kind: str, identity: str, obj: Any) -> None:
        """Enter an object that came into the indexes of its kind."""
        if kind in _RELATIONS:
            if identity in self._relations:
                self._relate(identity)
            else:
                self._relations[identity] = kind
        elif kind == "function":
            called = name_of(obj.schema, obj.name)
            others = self._routines.get(called, ())
            if identity not in others:
                self._routines[called] = (*others, identity)
        if kind in self._named:
            self._named[kind][obj.name][identity] = None

    def _leave(self, kind: str, identity: str, obj: Any) -> None:
        """Take an object that went out of the indexes."""
        if obj.belongs and obj.table is not None:
            self._children[kind][obj.table].pop(identity, None)
        if kind in _RELATIONS:
            self._relate(identity)
        elif kind == "function":
            called = name_of(obj.schema, obj.name)
            self._routines[called] = tuple(each for each in self._routines.get(called, ()) if each != identity)
        if kind in self._named:
            self._named[kind][obj.name].pop(identity, None)
        if obj.unknown:
            self._unsure[kind].pop(identity, None)

    def _relate(self, identity: str) -> None:
        """Keep the kind of a relation: an assumed one may stand beside a real one for a while."""
        for kind in _RELATIONS:
            if identity in self._objects.get(kind, NOTHING):
                self._relations[identity] = kind
                return
        self._relations.pop(identity, None)

    def _mark(self, kind: str, identity: str, obj: Object) -> None:
        """Keep the list of what is not wholly known."""
        if obj.unknown:
            self._unsure[kind][identity] = None
        else:
            self._unsure[kind].pop(identity, None)

    def _link(self, key: Key, old: tuple[Dependency, ...], new: tuple[Dependency, ...]) -> None:
        """Put edges in the place of others."""
        dependents = self._dependents
        for edge in old:
            dependents[edge.on].pop(key, None)
        for edge in new:
            dependents[edge.on][key] = None
        if new:
            self._depends[key] = new
        else:
            self._depends.pop(key, None)


_INDEXES = tuple(name for name, value in vars(Store).items() if isinstance(value, cached_property))
