"""The reader of a snapshot's JSON: objects again, to be compared with others."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from ..catalog import WHOLE, Object
from ..objects import kinds
from ..pattern import lazy
from ..source import Location
from .snapshot import Entry, Place, Snapshot, attribute

_NAME = r'(?:"(?:[^"]|"")*"|[^".\s(]+)'
_ON = lazy(rf"({_NAME}) on (.+)", re.DOTALL)  # "read own" on public.todo
_DOTTED = lazy(rf"({_NAME})\.({_NAME})(?:\.({_NAME}))?(?:\(.*\))?", re.DOTALL)  # public.todo.title, public.f(text)
_FILLERS: dict[str, Any] = {"str": "", "int": 0, "bool": False, "tuple": ()}


class SnapshotError(Exception):
    """A JSON that is no snapshot, or not one of this version; the message says why and what to do."""


def read(data: bytes) -> tuple[Snapshot, list[Object]]:
    """Read what ``schema snapshot`` printed. Raises SnapshotError."""
    try:
        found = msgspec.json.decode(data, type=Snapshot)
    except msgspec.ValidationError as error:
        raise SnapshotError(f"it is JSON, but no snapshot of version 1: {error}") from None
    except (msgspec.DecodeError, RecursionError) as error:
        raise SnapshotError(f"it is cut or damaged: {error}") from None
    return found, [_object(entry) for entry in found.objects]


def _object(entry: Entry) -> Object:
    cls = kinds().get(entry.kind)
    if cls is None:
        raise SnapshotError(
            f"this version of pasteproof knows no objects of kind {entry.kind}: print the snapshot anew"
        )
    fields = {attribute(name): name for name in cls.attribute_names()}
    values: dict[str, Any] = {fields[name]: value for name, value in entry.attributes.items() if name in fields}
    missing = [fields.get(name, name) for name in entry.unknown]
    missing += [name for name in cls.attribute_names() if name not in values]  # printed by an older version
    try:
        return msgspec.convert(
            {
                **_required(cls, entry),
                **values,
                "identity": entry.identity,
                **({} if entry.origin is msgspec.UNSET else {"origin": entry.origin}),
                "unknown": [WHOLE] if WHOLE in entry.unknown else missing,
                "made": _location(entry.made_at),
                "changed": _location(entry.changed_at),
            },
            cls,
        )
    except msgspec.ValidationError as error:
        raise SnapshotError(f"{entry.kind} {entry.identity} is not what this version prints: {error}") from None


def _required(cls: type[Object], entry: Entry) -> dict[str, Any]:
    """Values for fields that must have one: parts of the identity, or nothing in particular."""
    parts = _parts(entry.identity)
    return {
        field.name: parts.get(field.name) or _filler(field.type)
        for field in msgspec.structs.fields(cls)
        if field.required and field.name != "identity"
    }


def _parts(identity: str) -> dict[str, str]:
    """Schema, name and table, as far as the identity says them."""
    if found := _ON.fullmatch(identity):
        return {"name": _plain(found[1]), "table": found[2]}
    if found := _DOTTED.fullmatch(identity):
        if found[3]:
            return {"table": f"{found[1]}.{found[2]}", "name": _plain(found[3])}
        return {"schema": _plain(found[1]), "name": _plain(found[2])}
    return {"name": _plain(identity)}


def _plain(name: str) -> str:
    return name[1:-1].replace('""', '"') if name.startswith('"') else name


def _filler(kind: Any) -> Any:
    return _FILLERS.get(getattr(kind, "__name__", ""), "" if kind is not None else None)


def _location(place: Place | None) -> Location | None:
    return Location(place.file, place.line, place.column, place.line, place.column) if place else None
