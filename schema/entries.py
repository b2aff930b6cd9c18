"""An index with mostly one entry for each key, which is then kept as it is: a container for each takes more room."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")  # never a dict


class Entries(Generic[K, V]):
    """Values by key, each once, in the order they came."""

    __slots__ = ("_found",)

    def __init__(self) -> None:
        self._found: dict[K, Any] = {}  # one value, or a dict of several

    def of(self, key: K) -> Collection[V]:
        """What was added under a key."""
        found = self._found.get(key)
        if found is None:
            return ()
        return found if type(found) is dict else (found,)

    def add(self, key: K, value: V) -> None:
        """Add a value behind those that the key has."""
        found = self._found.setdefault(key, value)
        if type(found) is dict:
            found[value] = None
        elif found != value:
            self._found[key] = {found: None, value: None}

    def discard(self, key: K, value: V) -> None:
        """Take a value out, if it is there."""
        found = self._found.get(key)
        if type(found) is dict:
            found.pop(value, None)
            if not found:
                del self._found[key]
        elif found == value:
            del self._found[key]
