"""What something done on trial changed: the catalog as it is beside what it was at a mark."""

from __future__ import annotations

from typing import Any

from ..catalog import WHOLE, Catalog, Key, Object

_CHILDREN = {
    "column": "columns",
    "constraint": "constraints",
    "index": "indexes",
    "policy": "policies",
    "publication_member": "members",
    "trigger": "triggers",
}


class Differences:
    """What is otherwise than at the mark: by key the attributes, ``*`` for what went; nothing for what came."""

    def __init__(self, catalog: Catalog, mark: int) -> None:
        self.changed: dict[Key, set[str]] = {}
        self._holders: dict[Key, tuple[Key, str]] = {}  # what came or went -> the list that it is in
        for key, before in catalog.changed_since(mark).items():
            after = catalog.find(key)
            if before is None:
                if after is not None and after.origin not in {"assumed", "external"}:
                    self._came_or_went(after, set())
            elif after is None:
                self._came_or_went(before, {WHOLE})
            elif after is not before and (names := _changed_attributes(before, after)):
                self.changed.setdefault(key, set()).update(names)

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
        if name in {"identity", "origin", "unknown", "made", "changed", "needs"}:
            continue
        if getattr(before, name) != getattr(after, name):
            names.add("privileges" if name == "acl" else name)
    return names
