"""What a schema.yaml states, held against a state or against another: as the changes of ``drift``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from msgspec.structs import replace

from ..catalog import Catalog
from ..diff import differences
from ..difference import Difference as Stated
from ..drift import Change, Difference, Verdict
from ..exact import laid_over
from ..expression import Likeness
from ..simulate import platform_catalog
from ..snapshots.snapshot import Place, attribute
from .expected import expected

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..catalog import Key, Object
    from ..drift import Side
    from ..source import Location
    from ..spec import Spec

_VERDICTS: Mapping[str, Verdict] = {
    "missing": "removed",
    "unexpected": "added",
    "differs": "changed",
    "undecided": "unknown",
}


def held_against(spec: Spec, side: Side, *, backwards: bool = False) -> Difference:
    """The way from what is stated to a state; ``backwards``: from the state to what is stated."""
    target = spec.target
    catalog = side.catalog or laid_over(
        platform_catalog(platform=target.platform, default_grants=target.default_grants or "exposed"),
        list(side.objects.values()),
    )
    changes = _gathered(differences(spec, catalog), catalog)
    return Difference(tuple(_turned(each) for each in changes) if backwards else tuple(changes))


def _gathered(stated: list[Stated], catalog: Catalog) -> list[Change]:
    """One change for each object, of all that is said of it."""
    found: dict[tuple[Key, str], Change] = {}
    for each in stated:
        change = _change(each, catalog)
        slot = (each.key, "whole" if each.attribute is None else "parts")
        before = found.get(slot)
        found[slot] = change if before is None else _joined(before, change)
    return sorted(found.values(), key=lambda each: each.key)


def _change(stated: Stated, catalog: Catalog) -> Change:
    kind, identity = stated.key
    name = attribute(stated.attribute) if stated.attribute else None
    values = {
        side: None if value is None and name is None else {name or "": msgspec.to_builtins(value)}
        for side, value in (("from_", stated.expected), ("to", stated.actual))
    }
    verdict = _VERDICTS[stated.kind]
    there = catalog.find(stated.key)
    if name is None:
        values = {"from_": {} if verdict == "removed" else None, "to": _facts(there) if verdict == "added" else None}
    differs = (name,) if name and verdict == "changed" else ()
    unknown = (name,) if name and verdict == "unknown" else ()
    return Change(
        change=verdict,
        kind=kind,
        identity=identity,
        differs=differs,
        unknown=unknown,
        reason=stated.reason or None,
        from_at=_place(stated.location),
        to_at=_place(stated.at if there else None),
        **values,
    )


def _joined(one: Change, other: Change) -> Change:
    return replace(
        one,
        change="changed" if "changed" in {one.change, other.change} else one.change,
        from_={**(one.from_ or {}), **(other.from_ or {})},
        to={**(one.to or {}), **(other.to or {})},
        differs=(*one.differs, *other.differs),
        unknown=(*one.unknown, *other.unknown),
        reason=one.reason or other.reason,
    )


def _turned(change: Change) -> Change:
    verdict: Mapping[Verdict, Verdict] = {"added": "removed", "removed": "added"}
    return replace(
        change,
        change=verdict.get(change.change, change.change),
        from_=change.to,
        to=change.from_,
        from_at=change.to_at,
        to_at=change.from_at,
    )


def _facts(obj: Object | None) -> dict[str, Any]:
    return {attribute(name): msgspec.to_builtins(value) for name, value in obj.attributes().items()} if obj else {}


def _place(at: Location | None) -> Place | None:
    return Place(at.file, at.line, at.column) if at else None


# -- two specifications --------------------------------------------------------------------------------------


class _Statement(msgspec.Struct, frozen=True):
    """One thing that is stated of an object, and where."""

    value: Any
    object: Object | None
    at: Location | None


def between(before: Spec, after: Spec) -> Difference:
    """The way from what one schema.yaml states to what another does: a key that one does not name is not stated."""
    old, new = _all(before), _all(after)
    changes: dict[Key, Change] = {}
    for slot in sorted(old.keys() | new.keys()):
        one, other = old.get(slot), new.get(slot)
        if one and other and _same(one, other, slot[1]):
            continue
        changes_of = _restated(slot, one, other)
        key = slot[0]
        changes[key] = _joined(changes[key], changes_of) if key in changes else changes_of
    return Difference(tuple(_whole(each, old, new) for each in changes.values()))


def _all(spec: Spec) -> dict[tuple[Key, str], _Statement]:
    target = spec.target
    catalog = platform_catalog(platform=target.platform, default_grants=target.default_grants or "exposed")
    wanted = expected(spec, catalog)
    found: dict[tuple[Key, str], _Statement] = {}
    for each in wanted.objects:
        obj, place = each.object, each.places.get("")
        found[obj.key, ""] = _Statement(value=None, object=obj, at=place)
        for name in each.stated:
            if hasattr(obj, name):
                found[obj.key, attribute(name)] = _Statement(getattr(obj, name), obj, each.places.get(name, place))
    for grant in wanted.grants:
        name = "execute" if grant.role is None else f"grants to {grant.role}"
        held = grant.roles if grant.role is None else {f"{p} ({c})" if c else p for p, c in grant.privileges}
        found[grant.key, name] = _Statement(tuple(sorted(held)), None, grant.place)
    for exact in wanted.exact:
        found[("table", exact.table), "exact"] = _Statement(value=True, object=None, at=exact.place)
    for absent in spec.absent:
        kind, _, identity = absent.partition(" ")
        found[(kind, identity.strip()), "absent"] = _Statement(value=True, object=None, at=None)
    return found


def _same(one: _Statement, other: _Statement, name: str) -> bool:
    if one.object is not None and other.object is not None and name in one.object.attribute_names():
        return one.object.likeness(other.object, name) is not Likeness.DIFFERENT and one.value == other.value
    return bool(one.value == other.value)


def _restated(slot: tuple[Key, str], one: _Statement | None, other: _Statement | None) -> Change:
    (kind, identity), name = slot
    names = (name,) if name else ()
    return Change(
        change="changed" if (one and other) or name else "removed" if one else "added",
        kind=kind,
        identity=identity,
        from_={name: msgspec.to_builtins(one.value)} if one and name else {} if one else None,
        to={name: msgspec.to_builtins(other.value)} if other and name else {} if other else None,
        differs=names,
        from_at=_place(one.at) if one else None,
        to_at=_place(other.at) if other else None,
    )


def _whole(change: Change, old: dict[tuple[Key, str], _Statement], new: dict[tuple[Key, str], _Statement]) -> Change:
    """An object of which one side says nothing at all was added or removed, not changed."""
    stated = [any(key == change.key for key, _ in side) for side in (old, new)]
    if all(stated):
        return replace(change, change="changed", from_=change.from_ or {}, to=change.to or {})
    facts = {name: value for name, value in (change.from_ if stated[0] else change.to or {}).items() if name}  # type: ignore[union-attr]
    if stated[0]:
        return replace(change, change="removed", from_=facts, to=None, differs=())
    return replace(change, change="added", from_=None, to=facts, differs=())
