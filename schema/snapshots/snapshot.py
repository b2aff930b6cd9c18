"""A snapshot: a catalog as JSON, simulated from migrations or read from a live database.

Sorted, and the same bytes for the same input; its JSON Schema is published in ``data/snapshot.schema.json``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from ..catalog import WHOLE, Catalog, Object, Unmodelled
from ..meaning.resting import Grounds, origin
from ..meaning.resting import resting as resting_of
from ..objects import kinds
from ..objects.privilege import all_privileges
from .platform_objects import of_platform, platform

if TYPE_CHECKING:
    from ..catalog import Key
    from ..source import Location
    from ..stating.section import Problem


class Place(msgspec.Struct, frozen=True):
    """Where a statement begins: lines and columns count from 1."""

    file: str
    line: int
    column: int


class Entry(msgspec.Struct, frozen=True):
    """An object: an attribute that ``unknown`` names has no entry in ``attributes``, null is known to be none.

    ``unknown`` also names lists of what belongs to the object (columns, policies, privileges ...) that may be
    incomplete; ``*`` stands for all of it. ``origin`` is there where no migration makes it: it is ``assumed``, because
    one uses it, or ``external``, as schema.yaml says or an extension brings it. ``rests_on`` names (as ``kind
    identity``) the assumed objects without which the server would refuse to make or change it so; ``*``: which ones
    is not known.
    """

    kind: str
    identity: str
    attributes: dict[str, Any]
    unknown: tuple[str, ...] = ()
    made_at: Place | None = None
    changed_at: Place | None = None
    origin: Literal["assumed", "external"] | msgspec.UnsetType = msgspec.UNSET
    rests_on: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET


class Gap(msgspec.Struct, frozen=True):
    """What could not be followed, and what it may have touched: ``kind identity``, ``*`` for any."""

    file: str
    line: int | None
    reason: str
    may_touch: tuple[str, ...]


class Database(msgspec.Struct, frozen=True):
    """What a live database says of itself."""

    name: str
    server: str
    system: str
    user: str
    at: str


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """A catalog: objects by kind and identity, and what of it is not known."""

    version: Literal[1] = 1
    source: Literal["migrations", "database"]
    database: Database | msgspec.UnsetType = msgspec.UNSET
    objects: tuple[Entry, ...]
    unknown: tuple[Gap, ...] = ()


Hides = Callable[[str], bool]


def simulated(
    catalog: Catalog,
    *,
    with_platform: bool = False,
    files: Collection[str] | None = None,
    unread: Iterable[Problem] = (),
    hides: Hides = lambda _: False,
    database: Database | None = None,
) -> Snapshot:
    """A snapshot of a simulated catalog, privileges included.

    ``with_platform`` takes in what is the platform's own. ``files`` limits it to what statements of these files
    made or changed; ``unread`` are files that are missing in it. An attribute with a text that ``hides`` says to
    keep back (a secret) is unknown. ``database``: the catalog was read from it.
    """
    found = [obj for obj in (*catalog, *all_privileges(catalog)) if not is_servers(obj)]
    left_out = set() if with_platform else of_platform(found)
    baseline = platform("supabase").objects
    shown = [obj for obj in found if obj.key not in left_out and (files is None or _is_of(obj, files, catalog))]
    resting, grounds = resting_of(catalog, shown), Grounds(catalog)
    entries = [
        _with_grounds(
            _entry(obj, _stated(obj, baseline), hides), catalog, obj, grounds.of(obj) if obj.key in resting else None
        )
        for obj in shown
    ]
    gaps = [Gap(each.path, each.location.line if each.location else None, each.message, ("*",)) for each in unread]
    gaps += [
        Gap(event.at.file, event.at.line, event.reason, tuple(map(_touched, event.touches)))
        for event in catalog.events
        if isinstance(event, Unmodelled)
    ]
    return Snapshot(
        source="database" if database else "migrations",
        database=database or msgspec.UNSET,
        objects=_sorted(entries),
        unknown=tuple(gaps),
    )


def live(
    objects: Collection[Object], database: Database, *, with_platform: bool = False, hides: Hides = lambda _: False
) -> Snapshot:
    """A snapshot of the objects of a live database; arguments as for ``simulated``."""
    left_out = set() if with_platform else of_platform(objects)
    entries = [_entry(obj, (None, None), hides) for obj in objects if obj.key not in left_out]
    return Snapshot(source="database", database=database, objects=_sorted(entries))


def printed(snapshot: Snapshot) -> str:
    """A snapshot as JSON, indented, with a line end."""
    return msgspec.json.format(msgspec.json.encode(snapshot), indent=2).decode() + "\n"


def attribute(name: str) -> str:
    """An attribute's name as it is printed: without what keeps it apart from Python's names."""
    return name.rstrip("_")


def _entry(obj: Object, places: tuple[Location | None, Location | None], hides: Hides) -> Entry:
    both = _place(places[0]), _place(places[1])
    if WHOLE in obj.unknown:
        return Entry(obj.kind, obj.identity, {}, (WHOLE,), *both)
    attributes = {attribute(name): msgspec.to_builtins(value) for name, value in obj.attributes().items()}
    hidden = [name for name, value in attributes.items() if any(map(hides, _texts(value)))]
    for name in hidden:
        del attributes[name]
    unknown = {attribute(name) for name in obj.unknown - obj.internal}
    return Entry(obj.kind, obj.identity, attributes, tuple(sorted(unknown.union(hidden))), *both)


def _with_grounds(entry: Entry, catalog: Catalog, obj: Object, on: Collection[Key] | None) -> Entry:
    if (said := origin(catalog, obj)) in {"assumed", "external"}:
        entry = msgspec.structs.replace(entry, origin=said)
    if on is not None:
        entry = msgspec.structs.replace(entry, rests_on=tuple(map(_touched, on)) or ("*",))
    return entry


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _texts(each)


def _place(location: Location | None) -> Place | None:
    return Place(location.file, location.line, location.column) if location else None


def _stated(obj: Object, baseline: dict[Key, Object]) -> tuple[Location | None, Location | None]:
    """Where migrations made and changed an object: not the platform's file, nor what merely uses an object."""
    if obj.origin == "made":
        return obj.made_at, obj.changed_at
    if obj.origin != "platform":
        return None, obj.changed_at
    before = baseline.get(obj.key)
    return None, obj.changed_at if before is None or before.changed_at != obj.changed_at else None


def is_servers(obj: Object) -> bool:
    """Whether an object is the session's, the server's own, or of a kind that is known to exist only."""
    if obj.kind not in kinds():
        return True
    about = str(getattr(obj, "object", "")).partition(" ")[2]
    if any(str(name).startswith("pg_temp.") for name in (obj.identity, getattr(obj, "table", ""), about)):
        return True
    return {"role": obj.identity, "comment": about}.get(obj.kind, "").startswith("pg_")


def _is_of(obj: Object, files: Collection[str], catalog: Catalog) -> bool:
    """Whether statements of these files made or changed an object; a privilege goes with what it is on."""
    label, _, identity = str(getattr(obj, "object", "")).partition(" ")
    on = catalog.find((label, identity)) if obj.kind == "privilege" else None
    places = [place for each in (obj, on) if each for place in (each.made_at, each.changed_at)]
    return any(place is not None and place.file in files for place in places)


def _touched(key: Key) -> str:
    return "*" if key == ("*", "*") else f"{key[0]} {key[1]}"


def _sorted(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    return tuple(sorted(entries, key=lambda each: (each.kind, each.identity)))
