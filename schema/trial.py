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


def differences(catalog: Catalog, before: State) -> dict[Key, set[str]]:
    """What is otherwise than before: by key the attributes, ``*`` for what went; nothing for what came."""
    changed: dict[Key, set[str]] = {}
    now = catalog._objects  # noqa: SLF001 - a comparison of two states
    for kind in before.keys() | now.keys():
        old, new = before.get(kind, {}), now.get(kind, {})
        for identity, obj in old.items():
            after = new.get(identity)
            if after is obj:
                continue
            if after is None:
                changed.setdefault(obj.key, set()).add(WHOLE)
                _owner_is_unsure(obj, changed)
            else:
                changed.setdefault(obj.key, set()).update(_changed_attributes(obj, after))
        for identity, obj in new.items():
            if identity not in old:
                changed.setdefault(obj.key, set())
                _owner_is_unsure(obj, changed)
    return {key: names for key, names in changed.items() if names or _lacks(before, key)}


def _lacks(objects: State, key: Key) -> bool:
    """Whether a state of the catalog has no such object."""
    return key[1] not in objects.get(key[0], {})


def _owner_is_unsure(obj: Any, changed: dict[Key, set[str]]) -> None:
    """The list that an object is in may be longer or shorter by it."""
    collection = _CHILDREN.get(obj.kind)
    if collection is None:
        return
    if obj.kind == "publication_member":
        changed.setdefault(("publication", obj.publication), set()).add(collection)
    else:
        changed.setdefault(("table", obj.table), set()).add(collection)


def _changed_attributes(before: Object, after: Object) -> set[str]:
    names = set(after.unknown - before.unknown)
    fields = type(before).__struct_fields__
    for name in fields:
        if name in {"identity", "origin", "unknown", "made_at", "changed_at"}:
            continue
        if getattr(before, name) != getattr(after, name):
            names.add("privileges" if name == "acl" else name)
    return names
