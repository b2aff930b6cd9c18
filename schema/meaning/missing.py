"""What nothing made: it is recorded once, as ``Missing``, and from there on assumed to exist, its shape unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from msgspec.structs import replace

from ..catalog import CatalogError, Missing, Object
from . import builtin

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ..catalog import Catalog, Key

T = TypeVar("T", bound=Object)

# Schemas of the platform whose objects the baseline holds completely: what is not there does not exist.
_COMPLETE = frozenset({"auth", "storage"})


def assume(
    catalog: Catalog,
    key: Key,
    sqlstate: str,
    message: str,
    *,
    position: int | None,
    build: Callable[[], T],
    searched: Iterable[str] = (),
) -> T:
    """Record that nothing made an object, and put the assumed one in its place.

    Nothing is recorded where an extension with unknown members, the platform, or a statement that could not
    be followed may have made it.
    """
    from ..taint import excused

    assumed = build()
    origin = excused(catalog, key)
    if origin == "external":
        assumed = replace(assumed, origin=origin)
    elif origin is None and not any(may_exist(catalog, each, key[0]) for each in searched):
        record(catalog, key, sqlstate, message, position)
        catalog.set_session(resting=catalog.resting | {key})
    return catalog.put(assumed)


def record(catalog: Catalog, key: Key, sqlstate: str, message: str, position: int | None = None) -> None:
    """Add a Missing event, journalled with the statement's changes."""
    statement = catalog.statement
    if statement is None:
        raise CatalogError(sqlstate, message, position)
    at = statement.location if position is None else statement.at(position)
    event = Missing(at=at, kind=key[0], identity=key[1], sqlstate=sqlstate, message=message)
    catalog.set_session(events=[*catalog.events, event])


def report(catalog: Catalog, key: Key, sqlstate: str, message: str) -> None:
    """Record that a statement is about something that nothing made and that is in no schema of its own."""
    from ..taint import excused

    if excused(catalog, key) is None:
        record(catalog, key, sqlstate, message)


def vacate(catalog: Catalog, found: Object) -> bool:
    """Let an assumed object give way to the one that a statement now makes; False where it is a real one.

    What already refers to it goes on to do so.
    """
    if found.origin != "assumed":
        return False
    here = catalog.statement.location if catalog.statement else None
    events = [
        replace(each, made_later_at=here)
        if isinstance(each, Missing) and (each.kind, each.identity) == found.key and here
        else each
        for each in catalog.events
    ]
    catalog.set_session(events=events)
    catalog.remove(found.key)
    return True


def may_exist(catalog: Catalog, where: str, kind: str = "") -> bool:
    """Whether a schema may hold objects (of a kind) that the catalog does not: an extension's, or the platform's."""
    if any(
        builtin.extension(each) is None and (kind != "table" or builtin.makes_relations(each))
        for each in extensions_in(catalog, where)
    ):
        return True
    home = catalog.find(("schema", where))
    if home is not None and home.origin in {"assumed", "external"}:
        return True  # that the schema is missing has been said
    if home is None or home.origin != "platform" or where in _COMPLETE:
        return False
    return where not in {"public", "extensions"}


def in_extension(catalog: Catalog, schema: str, name: str, block: str) -> bool:
    """Whether an extension that lives in a schema makes (or may make) something of this name there."""
    for each in extensions_in(catalog, schema):
        members = builtin.extension(each)
        if members is None:
            known = block == "types" and builtin.makes_type(each, name)
        else:
            known = name in getattr(members, block)
        if known:
            return True
    return False


def extensions_in(catalog: Catalog, schema: str) -> list[str]:
    """The names of the extensions whose objects are in a schema."""
    known: dict[str, list[str]] = catalog.derived("extension", "extensions_in")
    if schema not in known:
        from ..objects.extension import Extension

        known[schema] = [each.name for each in catalog.of(Extension) if each.schema == schema]
    return known[schema]
