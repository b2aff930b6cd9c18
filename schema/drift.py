"""Two states of a database, whatever they were read from, held against each other object by object.

A fact that is not known on one side is neither equal nor different: it is *unknown*, with the reason.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Literal

import msgspec
from msgspec.structs import replace

from .belonging import LISTS, holder, knows_parts
from .catalog import WHOLE, Catalog, Unmodelled
from .expression import Likeness
from .meaning.resting import origin, resting
from .objects.privilege import all_privileges
from .snapshots.platform_objects import SUPERUSER, of_platform
from .snapshots.snapshot import Place, attribute, is_servers
from .taint import excused

if TYPE_CHECKING:
    from .catalog import Key, Object
    from .source import Location

Kind = Literal["migrations", "spec", "snapshot", "database"]
Verdict = Literal["added", "removed", "changed", "unknown"]

_ELSEWHERE = "it is made elsewhere: its shape is not known"
_ASSUMED = "nothing makes it, and something uses it: its shape is not known"
_NOT_KNOWN = "a value is not known"
_INCOMPLETE = "a list of what belongs to it may not be complete"
_RESTING = "it rests on what nothing makes: the server may have refused it"
_CASTS = "they are equal but for casts, which may matter"


class Change(msgspec.Struct, frozen=True, kw_only=True, rename={"from_": "from"}):
    """What became of one object on the way from one state to the other.

    ``differs`` names the attributes that have other values, ``unknown`` those that cannot be compared. ``from`` and
    ``to`` hold what each side knows of these; all known attributes of an object that was added or removed, null
    where it is not.
    """

    change: Verdict
    kind: str
    identity: str
    from_: dict[str, Any] | None = None
    to: dict[str, Any] | None = None
    differs: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    reason: str | None = None
    from_at: Place | None = None
    to_at: Place | None = None

    @property
    def key(self) -> Key:
        """What it is about."""
        return (self.kind, self.identity)


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """One state: its objects, privileges among them, and what else may be there.

    ``excuse`` says why an object that is not among them may exist all the same, or None. ``platform`` is whose
    platform it runs on, None where that cannot be seen; ``catalog`` is what simulated or exact objects are of.
    ``resting`` are those that are there, or as they are, only if what nothing makes is there.
    """

    kind: Kind
    name: str
    objects: Mapping[Key, Object]
    excuse: Callable[[Key], str | None] = lambda _: None
    platform: str | None = None
    catalog: Catalog | None = None
    resting: Collection[Key] = frozenset()


class Summary(msgspec.Struct, frozen=True):
    """How many objects are of each verdict."""

    added: int
    removed: int
    changed: int
    unknown: int


class State(msgspec.Struct, frozen=True):
    """One of the two that were compared: what it is, and its name (never the address of a database)."""

    kind: Kind
    name: str


class Document(msgspec.Struct, frozen=True, kw_only=True, rename={"from_": "from"}):
    """What schema diff prints as JSON: every object that differs or cannot be compared."""

    version: Literal[1] = 1
    from_: State
    to: State
    changes: tuple[Change, ...]
    summary: Summary


class Difference(msgspec.Struct, frozen=True):
    """All changes from one side to the other, by kind and identity."""

    changes: tuple[Change, ...]

    @property
    def summary(self) -> Summary:
        """How many objects are of each verdict."""
        counts = Counter(each.change for each in self.changes)
        return Summary(*(counts[each] for each in ("added", "removed", "changed", "unknown")))

    @property
    def differs(self) -> bool:
        """Whether anything certainly is otherwise."""
        return any(each.change != "unknown" for each in self.changes)


def of_catalog(catalog: Catalog, name: str, platform: str) -> Side:
    """A side of a simulated catalog, or of one that a server gave."""
    found = {each.key: each for each in (*catalog, *all_privileges(catalog))}
    return Side(
        kind="migrations",
        name=name,
        objects=found,
        excuse=lambda key: _excuse(catalog, key),
        platform=platform,
        catalog=catalog,
        resting=resting(catalog, found.values()),
    )


def of_objects(kind: Kind, name: str, objects: Iterable[Object], resting: Collection[Key] = frozenset()) -> Side:
    """A side of objects that were read: a live database, or a snapshot."""
    found = {each.key: each for each in objects}
    home = "supabase" if ("role", SUPERUSER) in found else None
    return Side(kind=kind, name=name, objects=found, platform=home, resting=resting)


def _excuse(catalog: Catalog, key: Key) -> str | None:
    origin = excused(catalog, key)
    if origin == "external":
        return _ELSEWHERE
    if origin is None:
        return None
    for event in catalog.events:
        if isinstance(event, Unmodelled) and any(_touches(each, key) for each in event.touches):
            return f"the statement at {event.at.file}:{event.at.line} cannot be followed"
    return "a statement cannot be followed"


def _touches(pattern: Key, key: Key) -> bool:
    return pattern[0] in {"*", key[0]} and (pattern[1] in {"*", key[1]} or "*" in pattern[1])


def difference(before: Side, after: Side, *, with_platform: bool = False) -> Difference:
    """Tell what became of every object between two sides.

    Without ``with_platform`` what the platform's own roles made is not looked at, on either side.
    """
    name = before.platform or after.platform or "supabase"
    sides = [] if with_platform else [before.objects, after.objects]
    own = [each.keys() - of_platform(each.values(), name, used=False) for each in sides]
    left_out = set().union(*sides).difference(*own)  # what is the platform's wherever it is
    found = []
    for key in sorted(before.objects.keys() | after.objects.keys()):
        old, new = before.objects.get(key), after.objects.get(key)
        one = old or new
        if one is None or key in left_out or is_servers(one):
            continue
        if old and new:
            change = _both(old, new)
            if change and change.differs and (key in before.resting or key in after.resting):
                unsure = (*change.differs, *change.unknown)
                change = replace(change, change="unknown", differs=(), unknown=unsure, reason=_RESTING)
        else:
            change = _alone(one, *((before, after) if old else (after, before)), gone=new is None)
        if change:
            found.append(change)
    return Difference(tuple(found))


def _alone(one: Object, mine: Side, other: Side, *, gone: bool) -> Change | None:
    """What one side alone has; the other may have it without knowing."""
    made = origin(mine.catalog, one) if mine.catalog else one.origin
    if made == "external" and mine.excuse(one.key) is None:
        return None  # an extension's, which no query asks for
    reason = _why_not_seen(one, mine, other)
    facts, at = _facts(one, one.attribute_names()), _place(one)
    sides: dict[str, Any] = {"from_": facts, "from_at": at} if gone else {"to": facts, "to_at": at}
    verdict: Verdict = "removed" if gone else "added"
    return Change(change="unknown" if reason else verdict, kind=one.kind, identity=one.identity, reason=reason, **sides)


def _why_not_seen(one: Object, mine: Side, other: Side) -> str | None:
    if one.origin in {"assumed", "external"}:
        return _ELSEWHERE if one.origin == "external" else _ASSUMED
    if one.key in mine.resting:
        return _RESTING
    if reason := other.excuse(one.key):
        return reason
    held_by = holder(one, other.objects.get)
    if held_by is None:
        here = holder(one, mine.objects.get)
        return other.excuse(here.key) if here is not None and here.key not in other.objects else None
    if held_by.origin in {"assumed", "external"} or WHOLE in held_by.unknown:
        return _ASSUMED if held_by.origin == "assumed" else _ELSEWHERE
    return None if knows_parts(held_by, one.kind) else _INCOMPLETE


def _both(old: Object, new: Object) -> Change | None:
    """Compare an object that both sides have."""
    if WHOLE in old.unknown or WHOLE in new.unknown:
        poor = old if WHOLE in old.unknown else new
        reason: str | None = {"external": _ELSEWHERE, "assumed": _ASSUMED}.get(poor.origin, "nothing of it is known")
        return _change("unknown", (old, new), (), tuple(old.attribute_names()), reason)
    answers = {name: old.likeness(new, name) for name in old.attribute_names()}
    differs = tuple(name for name, each in answers.items() if each is Likeness.DIFFERENT)
    unknown = tuple(name for name, each in answers.items() if each is not Likeness.DIFFERENT and not each.same)
    lists = tuple(sorted((old.unknown | new.unknown) & set(LISTS.values())))
    if not differs and not unknown and not lists:
        return None
    reason = None
    if unknown:
        reason = _CASTS if all(answers[name] is Likeness.BUT_FOR_CASTS for name in unknown) else _NOT_KNOWN
    elif lists:
        reason = _INCOMPLETE
    unknown += lists
    return _change("changed" if differs else "unknown", (old, new), differs, unknown, reason)


def _change(
    verdict: Verdict,
    both: tuple[Object, Object],
    differs: tuple[str, ...],
    unknown: tuple[str, ...],
    reason: str | None,
) -> Change:
    old, new = both
    names = (*differs, *unknown)
    return Change(
        change=verdict,
        kind=old.kind,
        identity=old.identity,
        from_=_facts(old, names),
        to=_facts(new, names),
        differs=tuple(map(attribute, differs)),
        unknown=tuple(map(attribute, unknown)),
        reason=reason,
        from_at=_place(old),
        to_at=_place(new),
    )


def _facts(obj: Object, names: Collection[str]) -> dict[str, Any]:
    return {
        attribute(name): msgspec.to_builtins(getattr(obj, name))
        for name in names
        if name in obj.attribute_names() and obj.knows(name)
    }


def _place(obj: Object) -> Place | None:
    at: Location | None = obj.changed_at or obj.made_at
    return Place(at.file, at.line, at.column) if at and obj.origin != "platform" else None


def together(changes: Iterable[Change]) -> Iterator[tuple[Change, list[Change]]]:
    """Each change with those of what belongs to it, where all of them went the same way: one line for people."""
    every = list(changes)
    whole = {each.key: each for each in every if each.change in {"added", "removed", "unknown"} and _is_whole(each)}
    parts: dict[Key, list[Change]] = {}
    alone = []
    for each in every:
        over = _held_by(each, whole)
        if over is not None and over.key != each.key and over.change == each.change:
            parts.setdefault(over.key, []).append(each)
        else:
            alone.append(each)
    for each in alone:
        yield each, parts.get(each.key, [])


def _is_whole(change: Change) -> bool:
    return change.from_ is None or change.to is None or not change.differs


def _held_by(change: Change, whole: Mapping[Key, Change]) -> Change | None:
    facts = change.from_ or change.to or {}
    for name in ("table", "object", "owned_by"):
        about = facts.get(name)
        if not isinstance(about, str):
            continue
        label, _, identity = about.partition(" ")
        candidates = [(kind, about) for kind in ("table", "view")] if name == "table" else [(label, identity)]
        if label == "column" or name == "owned_by":
            relation = (identity if label == "column" else about).rpartition(".")[0]
            candidates += [("table", relation), ("view", relation)]
        for key in candidates:
            if key in whole:
                return whole[key]
    name = change.identity.rpartition(" on ")[2] if " on " in change.identity else change.identity.rpartition(".")[0]
    if change.kind in {"column", "constraint", "policy", "trigger"}:
        return whole.get(("table", name)) or whole.get(("type", name))
    return None
