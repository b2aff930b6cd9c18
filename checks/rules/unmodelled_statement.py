"""The effect of a statement could not be followed, so nothing is said about what it may have touched.

Dynamic SQL (EXECUTE, a DO block that builds statements) and calls of functions that make objects are the
usual cause. Where the facts matter, write the statements out, or check against a real server.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...schema.catalog import Unmodelled
from ...schema.pattern import lazy
from ..finding import Level
from ..rule import Fault, Rule
from ..schema import Schema
from ..topic import Topic
from ..words import listed

rule = Rule(__name__, level=Level.INFO, about=Unmodelled, topic=Topic.PASTE)

_NAMED = 5
_LITERAL = lazy(r"'[^']*('|$)")  # what stands in a literal may be a secret


@rule
def check(event: Unmodelled, schema: Schema) -> Iterator[Fault]:
    """Tell what cannot be judged because of it."""
    touched = [_said(*key) for key in event.touches]
    some = touched[:_NAMED] + ([f"{len(touched) - _NAMED} more"] if len(touched) > _NAMED else [])
    reason = _LITERAL.sub("'…'", event.reason)
    yield Fault(
        event,
        f"this statement is not followed: {reason}",
        why=(f"it may have touched {listed(some)}; no rule says anything about that",) if some else (),
        remedy="Write its statements out, if you can",
    )


def _said(kind: str, identity: str) -> str:
    if identity != "*":
        return f"{kind.replace('_', ' ')} {identity}"
    return "anything" if kind == "*" else f"any {kind.replace('_', ' ')}"
