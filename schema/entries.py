"""An index that has one entry, or few, for most of its keys: these are kept without a container of their own."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")  # neither a list nor a dict

_FEW = 8  # a list takes a third of the room of a dict, and to look through more takes longer


class Entries(Generic[K, V]):
    """Values by key, each once, in the order they came."""

    __slots__ = ("_found",)

    def __init__(self) -> None:
        self._found: dict[K, Any] = {}  # one value, a list of a few, or a dict of more

    def of(self, key: K) -> Collection[V]:
        """What was added under a key."""
        found = self._found.get(key)
        if found is None:
            return ()
        return found if type(found) is list or type(found) is dict else (found,)

    def add(self, key: K, value: V) -> None:
        """Add a value behind those that the key has."""
        found = self._found.setdefault(key, value)
        if found is value:
            return
        if type(found) is dict:
            found[value] = None
        elif type(found) is not list:
            if found != value:
                self._found[key] = [found, value]
        elif value not in found:
            if len(found) < _FEW:
                found.append(value)
            else:
                self._found[key] = dict.fromkeys((*found, value))

    def discard(self, key: K, value: V) -> None:
        """Take a value out, if it is there."""
        found = self._found.get(key)
        if type(found) is dict:
            found.pop(value, None)
        elif type(found) is list:
            if value in found:
                found.remove(value)
        elif found == value:
            del self._found[key]
