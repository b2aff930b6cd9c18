"""What belongs to what: the holder of an object, and what a holder calls the list of its parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .catalog import Key, Object

# The lists of parts that a holder may not know wholly, as ``Object.unknown`` calls them, by the parts' kind
LISTS: Mapping[str, str] = {
    "column": "columns",
    "constraint": "constraints",
    "index": "indexes",
    "policy": "policies",
    "trigger": "triggers",
    "privilege": "privileges",
}
_HOLDERS = ("table", "view", "type", "sequence", "function", "schema")


def holder(obj: Object, find: Callable[[Key], Object | None]) -> Object | None:
    """What an object belongs to: the relation or domain of a part, what a privilege or a comment is on."""
    parent = getattr(obj, "table", None)
    if isinstance(parent, str) and parent:
        return next((found for kind in _HOLDERS if (found := find((kind, parent)))), None)
    kind, _, identity = str(getattr(obj, "object", "")).partition(" ")
    return find((kind, identity)) if identity else None


def knows_parts(held_by: Object, kind: str) -> bool:
    """Whether all parts of a kind that a holder has are known."""
    return held_by.knows(LISTS.get(kind, ""))
