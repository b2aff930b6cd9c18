"""Python's garbage collector, kept away from what has no cycles."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def uncollected() -> Iterator[None]:
    """Let nobody look for cycles meanwhile: trees and objects have none, and looking through them doubles the time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            if not gc.get_freeze_count():  # what was made is old then, and not looked through at once
                gc.freeze()
                gc.unfreeze()
            gc.enable()


def unfreed(*objects: object) -> None:
    """Keep objects to the end of a process that looks for no cycles: hung in one, they are not freed piece by piece."""
    ring: list[Any] = [*objects]
    ring.append(ring)
