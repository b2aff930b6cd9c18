"""Where a catalog keeps its objects: by kind and identity, with what depends on what, and how changes are undone.

The indexes say the same as the objects and the edges. Each is worked out when it is first asked for, and kept up to
date from then on; a copy begins without any.
"""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

from msgspec.structs import force_setattr

from .dependency import absolute
from .entries import Entries
from .names import name_of

if TYPE_CHECKING:
    from .catalog import O, Object
    from .dependency import Edges, Key

RELATIONS = ("table", "view", "sequence", "index")  # what shares the names of pg_class, composite types aside
HIDDEN = "bystander"  # the kind of what is only known to exist: found by its key alone

NOTHING: dict[str, Any] = {}  # what there is of a kind that there is nothing of

NOTHING_UNKNOWN: frozenset[str] = frozenset()  # one for all objects: Python makes each empty set anew

_Change = Any  # what was added, or (key, the object before), or (attribute, its value before)


class Store:
    """All objects by (kind, identity), their edges, and the journal of changes."""

    def __init__(self) -> None:
        self._objects: dict[str, dict[str, Object]] = {}
        self._named: dict[str, Entries[int, str]] = {}  # by kind and the hash of a name, which is shorter
        self._journal: list[_Change] = []
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
            "_named": {},
            "_journal": [],
            "versions": self.versions.copy(),
            "answers": {},
            "_derived": {},
        }
        return other

    # -- the indexes -------------------------------------------------------------------------------------------

    @cached_property
    def _relations(self) -> tuple[dict[str, Object], ...]:
        """The objects of the kinds that share their names."""
        return tuple([self._objects[kind] for kind in RELATIONS if kind in self._objects])

    def _of_kind(self, kind: str) -> dict[str, Object]:
        """The objects of a kind; there is a place for them from now on."""
        objects = self._objects.get(kind)
        if objects is None:
            objects = self._objects[kind] = {}
            self.__dict__.pop("_relations", None)
        return objects

    @cached_property
    def _children(self) -> defaultdict[str, dict[str, tuple[Any, ...]]]:
        """By kind, and by the relation (or domain) that they belong to."""
        index: defaultdict[str, dict[str, tuple[Any, ...]]] = defaultdict(dict)
        for obj in self._all():
            if obj.belongs and obj.table is not None:
                parts = index[obj.kind]
                parts[obj.table] = (*parts.get(obj.table, ()), obj)
        return index

    @cached_property
    def _routines(self) -> dict[str, tuple[str, ...]]:
        """The identities of a routine's overloads, by its name: ``public.f``."""
        index: dict[str, tuple[str, ...]] = {}
        for identity, obj in self._objects.get("function", NOTHING).items():
            called = name_of(obj.schema, obj.name)
            index[called] = (*index.get(called, ()), identity)
        return index

    @cached_property
    def _unsure(self) -> defaultdict[str, dict[str, None]]:
        """By kind, the objects of which something is unknown."""
        index: defaultdict[str, dict[str, None]] = defaultdict(dict)
        for obj in self._all():
            if obj.unknown:
                index[obj.kind][obj.identity] = None
        return index

    @cached_property
    def _dependents(self) -> defaultdict[str, Entries[Key, str]]:
        """By their kind, what needs an object, but for its relation's own parts: those say so themselves."""
        index: defaultdict[str, Entries[Key, str]] = defaultdict(Entries)
        for obj in self._all():
            for edge in obj.needs:
                if not edge.own:
                    index[obj.kind].add(edge.on, obj.identity)
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
        for objects in self._relations:
            if (found := objects.get(identity)) is not None:
                return found
        return None

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
        return list(self._children[kind.kind].get(parent, ()))

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
            index = self._named[kind] = Entries()
            for identity, obj in objects.items():
                index.add(hash(obj.name), identity)
        found = index.of(hash(name))
        return [obj for identity in found if (obj := objects[identity]).name == name] if found else []

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

    def depends_on(self, key: Key) -> Edges:
        """The edges from an object to what it needs."""
        found: Any = self.find(key)
        return tuple([absolute(edge, found) for edge in found.needs]) if found else ()

    def dependents(self, key: Key) -> list[Object]:
        """The objects that need this one: parts of the same relation, then others, each by kind in their order."""
        return [found for each in self._needing(key) if (found := self.find(each))]

    def needing(self, key: Key, kind: type[O]) -> list[O]:
        """Those of a kind, and no part of its relation, that need an object."""
        objects = self._objects.get(kind.kind, NOTHING)
        return [objects[identity] for identity in self._dependents[kind.kind].of(key)]

    def _needing(self, key: Key) -> list[Key]:
        others = [(kind, identity) for kind, index in self._dependents.items() for identity in index.of(key)]
        found: Any = self.find(key)
        if found is None:
            return others
        relation = found.table if found.belongs and found.table is not None else found.identity
        own = [part.key for parts in self._children.values() for part in parts.get(relation, ()) if _needs(part, key)]
        return list(dict.fromkeys((*own, *others)))

    # -- changing ----------------------------------------------------------------------------------------------

    def _change(self, key: Key, obj: Object | None) -> None:
        """Put an object, with its edges, in the place of what is there (None: take that out)."""
        kind, identity = key
        before: Any = self._objects.get(kind, NOTHING).get(identity)
        if before is None:
            if obj is not None:
                self._add(kind, identity, obj)
                return
        elif obj is None:
            self._part(before)
            del self._objects[kind][identity]
            self._leave(kind, identity, before)
        else:
            self._replace(key, before, obj)
            self._objects[kind][identity] = obj
        self.versions[kind] += 1
        self._journal.append((key, before))

    def _add(self, kind: str, identity: str, obj: Any) -> None:
        """Put an object where nothing is."""
        if obj.belongs and obj.table is not None:
            parts = self._children[kind]  # before it is seen: an index is made of what is there
            parts[obj.table] = (*parts.get(obj.table, ()), obj)
        objects = self._objects.get(kind)
        if objects is None:
            objects = self._of_kind(kind)
        objects[identity] = obj
        if kind == "function" or kind in self._named:
            self._enter(kind, identity, obj)
        if obj.unknown:
            self._unsure[kind][identity] = None
        elif obj.unknown is not NOTHING_UNKNOWN:
            force_setattr(obj, "unknown", NOTHING_UNKNOWN)
        for edge in obj.needs:
            if not edge.own:
                self._dependents[kind].add(edge.on, identity)
        self.versions[kind] += 1
        self._journal.append(obj)

    def _add_first(self, kind: str, relation: str, parts: Sequence[Any]) -> None:
        """Put the parts of a relation that has none of the kind, all at once, as ``_add`` does each."""
        self._children[kind][relation] = tuple(parts)
        known = {part.identity: part for part in parts}
        self._of_kind(kind).update(known)
        entered = kind in self._named
        for identity, part in known.items():
            if entered:
                self._enter(kind, identity, part)
            if part.unknown:
                self._unsure[kind][identity] = None
            elif part.unknown is not NOTHING_UNKNOWN:
                force_setattr(part, "unknown", NOTHING_UNKNOWN)
            for edge in part.needs:
                if not edge.own:
                    self._dependents[kind].add(edge.on, identity)
        self.versions[kind] += len(parts)
        self._journal += parts

    def fill(self, made: Iterable[Object]) -> None:
        """Take objects into a store that holds nothing yet; that is not journalled."""
        for obj in made:
            self._of_kind(obj.kind)[obj.identity] = obj

    def savepoint(self) -> int:
        """A mark to roll back to."""
        return len(self._journal)

    def rollback(self, mark: int) -> None:
        """Undo everything since the mark."""
        journal = self._journal
        while len(journal) > mark:
            what, before = _undoing(journal.pop())
            if isinstance(what, str):
                setattr(self, what, before)
            else:
                self._change(what, before)
                journal.pop()

    def changed(self, prefix: str) -> list[Key]:
        """What is there of what was changed since the journal began, and whose identity begins so."""
        identities = (change[0][1] if type(change) is tuple else change.identity for change in self._journal)
        found = [n for n, identity in enumerate(identities) if identity.startswith(prefix)]
        return [key for key in dict.fromkeys(_undoing(self._journal[n])[0] for n in found) if key in self]

    def changed_since(self, mark: int) -> dict[Key, Object | None]:
        """What was put, renamed or removed since the mark, and what it was before."""
        found: dict[Key, Object | None] = {}
        for what, before in map(_undoing, self._journal[mark:]):
            if not isinstance(what, str):
                found.setdefault(what, before)
        return found

    def forget_journal(self) -> None:
        """What was done can no longer be undone."""
        self._journal.clear()

    def _enter(self, kind: str, identity: str, obj: Any) -> None:
        """Enter an object that came into the indexes of its kind."""
        if kind == "function":
            called = name_of(obj.schema, obj.name)
            others = self._routines.get(called, ())
            if identity not in others:
                self._routines[called] = (*others, identity)
        if kind in self._named:
            self._named[kind].add(hash(obj.name), identity)

    def _leave(self, kind: str, identity: str, obj: Any) -> None:
        """Take an object that went out of the indexes."""
        if kind == "function":
            called = name_of(obj.schema, obj.name)
            self._routines[called] = tuple(each for each in self._routines.get(called, ()) if each != identity)
        if kind in self._named:
            self._named[kind].discard(hash(obj.name), identity)
        if obj.unknown:
            self._unsure[kind].pop(identity, None)
        for edge in obj.needs:
            if not edge.own:
                self._dependents[kind].discard(edge.on, identity)

    def _replace(self, key: Key, before: Any, obj: Any) -> None:
        """Put an object in the place of another of the same identity (and relation) in the indexes."""
        kind, identity = key
        if obj.belongs and obj.table == before.table:
            self._part(before, obj)
        else:
            self._part(before)
            self._join(obj)
        if obj.unknown:
            self._unsure[kind][identity] = None
        elif before.unknown:
            self._unsure[kind].pop(identity, None)
        if obj.needs != before.needs:
            for edge in before.needs:
                if not edge.own:
                    self._dependents[kind].discard(edge.on, identity)
            for edge in obj.needs:
                if not edge.own:
                    self._dependents[kind].add(edge.on, identity)

    def _join(self, part: Any) -> None:
        """Enter a part among the children of its relation."""
        if part.belongs and part.table is not None:
            parts = self._children[part.kind]
            parts[part.table] = (*parts.get(part.table, ()), part)

    def _part(self, part: Any, *other: Any) -> None:
        """Take a part out of the children of its relation, or put another there."""
        if part.belongs and part.table is not None:
            parts = self._children[part.kind]
            now = parts[part.table]
            at = now.index(part)
            parts[part.table] = (*now[:at], *other, *now[at + 1 :])


def _undoing(change: _Change) -> tuple[Any, Any]:
    """The key (or the name of an attribute) that was changed, and what was there before."""
    return change if isinstance(change, tuple) else (change.key, None)


def _needs(part: Any, key: Key) -> bool:
    """Whether a part of a relation needs an object of the same relation, or that itself."""
    return any(edge.own and edge.on[0] == key[0] and absolute(edge, part).on == key for edge in part.needs)


_INDEXES = tuple(name for name, value in vars(Store).items() if isinstance(value, cached_property))
