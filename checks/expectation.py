"""What the rules about schema.yaml share: where such a finding stands, and how its values are printed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .finding import Related

if TYPE_CHECKING:
    from ..schema.diff import Difference
    from ..schema.source import Location
    from .schema import Schema


def named(difference: Difference) -> str:
    """The object, and the attribute that is meant."""
    kind, identity = difference.key
    return f"{kind.replace('_', ' ')} {identity}"


def places(difference: Difference, schema: Schema) -> tuple[Location | None, tuple[Related, ...]]:
    """The statement that made what is there, with the line of schema.yaml beside it; or that line alone."""
    made = difference.at if difference.at and difference.at.file in schema.files else None
    if made is None:
        return difference.location, ()
    stated = (Related(difference.location, "this is what schema.yaml states"),) if difference.location else ()
    return made, stated


def value(given: Any) -> str:
    """Print an attribute's value."""
    if given is None:
        return "none"
    if isinstance(given, bool):
        return "yes" if given else "no"
    if isinstance(given, tuple | list | frozenset):
        return ", ".join(map(value, given)) or "none"
    if isinstance(given, str):
        return given or "''"
    return str(given)
