"""Patterns that are compiled when they are first used: a command needs few of them, and starts at every commit."""

from __future__ import annotations

import re
from typing import Any, AnyStr


class _Lazy:
    """Stands for a compiled pattern, and becomes one when it is asked for anything."""

    def __init__(self, text: str | bytes, flags: int) -> None:
        self._text, self._flags = text, flags

    def __getattr__(self, name: str) -> Any:
        found = getattr(re.compile(self._text, self._flags), name)  # re keeps what it compiled
        setattr(self, name, found)
        return found


def lazy(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """A pattern as ``re.compile`` gives it, which is compiled later; one that cannot be raises ``re.error`` then."""
    return _Lazy(text, flags)  # type: ignore[return-value]  # it answers for the pattern
