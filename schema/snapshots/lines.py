"""A catalog written down whole, an object a line, so that a diff of it can be reviewed; and read back.

What is left out is as the kind has it by default. Places are not written: the file is about objects that no file of
the project made.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec.structs import fields, force_setattr

from ..objects import kinds

if TYPE_CHECKING:
    from ..catalog import Catalog, Object

_PLACES = frozenset({"origin", "made", "changed"})


def written(catalog: Catalog) -> Iterator[str]:
    """The lines: the kind, and as JSON the object and its edges; by kind, in the order they were made."""
    for obj in catalog:
        values = _values(obj)
        if obj.needs:
            values["needs"] = [_values(edge) for edge in obj.needs]
        yield f"{obj.kind} {msgspec.json.encode(values).decode()}"


def read(catalog: Catalog, lines: list[bytes], origin: str) -> None:
    """Take what was written into an empty catalog; all of it is of this origin."""
    catalog.fill(_read(lines, origin))


def _read(lines: list[bytes], origin: str) -> Iterator[Object]:
    for line in lines:
        kind, _, rest = line.partition(b" ")
        obj = _decoder(kind.decode()).decode(rest)
        force_setattr(obj, "origin", origin)
        yield obj


def _values(value: msgspec.Struct) -> dict[str, Any]:
    """The fields that are otherwise than by default."""
    found = {field.name: (getattr(value, field.name), field.default) for field in fields(value)}
    return {name: _ordered(own) for name, (own, default) in found.items() if own != default and name not in _PLACES}


def _ordered(value: Any) -> Any:
    return sorted(value) if isinstance(value, frozenset) else value


@cache
def _decoder(kind: str) -> msgspec.json.Decoder[Object]:
    return msgspec.json.Decoder(kinds()[kind])
