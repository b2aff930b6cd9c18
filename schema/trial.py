"""What something done on trial changed: the difference between two states of a catalog."""

from __future__ import annotations

from typing import Any

from .catalog import WHOLE, Catalog, Key, Object

State = dict[str, dict[str, Object]]


def state(catalog: Catalog) -> State:
    """Remember every object as it is now."""
    return {kind: dict(objects) for kind, objects in catalog._objects.items()}  # noqa: SLF001 - a snapshot


_CHILDREN = {
    "column": "columns",
    "constraint": "constraints",
    "index": "indexes",
    "policy": "policies",
    "publication_member": "members",
    "trigger": "triggers",
}


class Differences:
    """What is otherwise than before: by key the attributes, ``*`` for what went; nothing for what came."""

    def __init__(self, catalog: Catalog, before: State) -> None:
        self.changed: dict[Key, set[str]] = {}
        self._holders: dict[Key, tuple[Key, str]] = {}  # what came or went -> the list that it is in
        now = catalog._objects  # noqa: SLF001 - a comparison of two states
        for kind in before.keys() | now.keys():
            old, new = before.get(kind, {}), now.get(kind, {})
            for identity, obj in old.items():
                after = new.get(identity)
                if after is None:
                    self._came_or_went(obj, {WHOLE})
                elif after is not obj and (names := _changed_attributes(obj, after)):
                    self.changed.setdefault(obj.key, set()).update(names)
            for identity, obj in new.items():
                if identity not in old:
                    self._came_or_went(obj, set())

    def _came_or_went(self, obj: Any, names: set[str]) -> None:
        self.changed.setdefault(obj.key, set()).update(names)
        collection = _CHILDREN.get(obj.kind)
        if collection is not None:
            member = obj.kind == "publication_member"
            holder = ("publication", obj.publication) if member else ("table", obj.table)
            self._holders[obj.key] = (holder, collection)
            self.changed.setdefault(holder, set()).add(collection)
        elif obj.kind == "comment":
            kind, _, identity = obj.object.partition(" ")
            self._holders[obj.key] = ((kind, identity), WHOLE)

    def news(self, catalog: Catalog) -> dict[Key, set[str]]:
        """The differences that take something from what a catalog (as it was before) knows."""
        found: dict[Key, set[str]] = {}
        for key, names in self.changed.items():
            obj = catalog.find(key)
            if obj is not None:
                left = {name for name in names if obj.knows(name)}
                if left:
                    found[key] = left
                continue
            holder, collection = self._holders.get(key, (None, ""))
            within = catalog.find(holder) if holder else None
            if holder is not None and (
                within is None if collection == WHOLE else within and not within.knows(collection)
            ):
                continue  # of a list that is not known anyway, or a comment on what may not be there
            found[key] = names
        return found


def _changed_attributes(before: Object, after: Object) -> set[str]:
    names = set(after.unknown - before.unknown)
    fields = type(before).__struct_fields__
    for name in fields:
        if name in {"identity", "origin", "unknown", "made_at", "changed_at"}:
            continue
        if getattr(before, name) != getattr(after, name):
            names.add("privileges" if name == "acl" else name)
    return names
