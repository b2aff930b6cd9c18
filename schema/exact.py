"""The catalog as a server has it, with the places of the simulation: what ``--exact`` and ``--dsn`` judge.

Objects come from the server and nothing of them is unknown; where they were made (file and line), and what the
simulation alone keeps of them, is taken over by identity. Where both know a fact and contradict each other, the
simulation is wrong, and says so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec.structs import replace

from .acl import BUILT_IN
from .belonging import holder, knows_parts
from .catalog import WHOLE, Unmodelled
from .expression import Likeness
from .objects import kinds
from .objects.privilege import OBJECT_TYPES, Privilege, owner_of, privileges
from .snapshots.platform_objects import of_platform
from .store import HIDDEN
from .taint import possibly

if TYPE_CHECKING:
    from .catalog import Acl, Catalog, Dependency, Key, Object
    from .source import Location


class Contradiction(msgspec.Struct, frozen=True, kw_only=True):
    """A fact that the simulation states and the server denies: a fault of ours.

    ``attribute`` is None where one side alone has the object; ``said`` is None there for what the simulation has
    not, ``real`` for what the server has not.
    """

    key: Key
    attribute: str | None = None
    said: Any = None
    real: Any = None
    at: Location | None = None


class Exact(msgspec.Struct, frozen=True):
    """A catalog of a server's objects, and where the simulation has something else."""

    catalog: Catalog
    contradictions: tuple[Contradiction, ...]


def exact(
    simulated: Catalog,
    objects: Collection[Object],
    edges: Mapping[Key, tuple[Dependency, ...]],
    *,
    lost: Collection[Location] = (),
    whole: bool = False,
) -> Exact:
    """A catalog of the objects that a server has.

    ``lost`` are the statements that the server refused and the simulation went on with, because they need what
    nothing made: what they make or change is taken from the simulation, and stays as unknown as it is there.
    ``whole``: the server is the one that is meant, so that what it has not is not there, whatever the migrations
    say of it; else what is made elsewhere stays too.
    """
    return _Merge(simulated, objects, edges, lost, whole=whole).run()


class _Merge:
    """Lays the server's objects over the simulated ones."""

    def __init__(
        self,
        simulated: Catalog,
        objects: Collection[Object],
        edges: Mapping[Key, tuple[Dependency, ...]],
        lost: Collection[Location],
        *,
        whole: bool,
    ) -> None:
        self.simulated = simulated
        self.real = {each.key: each for each in objects if not isinstance(each, Privilege)}
        self.held = [each for each in objects if isinstance(each, Privilege)]
        self.edges = edges
        self.lost = _Places(lost)
        self.whole = whole
        self.read = {name for name, cls in kinds().items() if cls.live}
        self.found: list[Contradiction] = []

    def run(self) -> Exact:
        catalog = self.simulated.copy()
        platform = of_platform([*self.real.values(), *self.held])
        acls = _acls(self.held)
        sure: set[Key] = set()
        for mine in list(catalog):
            if mine.kind in self.read and mine.key not in self.real and not _is_servers(mine) and not self._stays(mine):
                catalog.remove(mine.key)
        for key, real in self.real.items():
            said = self.simulated.find(key)
            if said is not None and self._rests_on_lost(said):
                continue
            if said is None and not self.whole and not self._may_be_there(real):
                self.found.append(Contradiction(key=key, real=real.identity))
            merged, alike = self._merged(real, said, acls.get(f"{real.kind} {real.identity}", {}), platform)
            needs = None if alike else (*self.edges.get(key, ()), *self._own_edges(key))
            catalog.hold(merged, needs)
            sure.add(key)
        catalog.resting -= sure
        catalog.events = [
            each
            for each in catalog.events
            if not isinstance(each, Unmodelled) or (not self.whole and self.lost.cover(each.at))
        ]
        return Exact(catalog, tuple(self.found))

    # -- which side an object is of ----------------------------------------------------------------------------

    def _stays(self, mine: Object) -> bool:
        """Whether an object that the server has not is one all the same; contradictions are told here."""
        if self.whole or mine.kind == HIDDEN:  # of external schemas no query tells where an extension made them
            return mine.kind == HIDDEN or (mine.kind == "schema" and mine.origin == "external")
        if mine.origin in {"assumed", "external"} or _is_temporary(mine) or self._rests_on_lost(mine):
            return True
        if mine.origin == "made" and not self.lost and not possibly(self.simulated, mine.key):
            self.found.append(Contradiction(key=mine.key, said=mine.identity, at=mine.changed_at or mine.made_at))
        return False

    def _rests_on_lost(self, mine: Object) -> bool:
        """Whether a statement that the server refused made or changed an object, or what it belongs to."""
        if not self.lost or self.whole:
            return False
        held_by = holder(mine, self.simulated.find)
        return any(
            each is not None and (self.lost.cover(each.made_at) or self.lost.cover(each.changed_at))
            for each in (mine, held_by)
        )

    def _may_be_there(self, real: Object) -> bool:
        """Whether the simulation does not deny that an object is there."""
        held_by = holder(real, self.simulated.find)
        if held_by is not None and (not knows_parts(held_by, real.kind) or held_by.origin != "made"):
            return True
        return bool(self.lost) or possibly(self.simulated, real.key)

    # -- one object ------------------------------------------------------------------------------------------

    def _merged(
        self, real: Object, mine: Object | None, acl: dict[str, dict[str, bool]], platform: set[Key]
    ) -> tuple[Object, bool]:
        """The server's object with what the simulation alone keeps; and whether both have the same."""
        if mine is None:
            origin = "platform" if real.key in platform else "made"
            place = None if origin == "platform" or self.whole else self._opaque(real.key)
            return _with_acl(replace(real, origin=origin, made=place), acl, None, same=False), False
        alike = self._compare(real, mine)
        helpers = type(real).internal - {"acl"} - _read_fields(type(real)) if alike else ()
        kept = {name: getattr(mine, name) for name in ("origin", "made", "changed", *helpers)}
        if not self.whole and mine.origin == "assumed":
            kept["origin"] = "made"
        held = self._same_acl(mine, acl)
        return _with_acl(replace(real, **kept), acl, mine, same=held), alike

    def _compare(self, real: Object, mine: Object) -> bool:
        """Hold one against the other; tells contradictions, and whether all is known and the same."""
        if WHOLE in mine.unknown:
            return False
        alike = True
        for name in real.attribute_names():
            likeness = mine.likeness(real, name)
            alike = alike and likeness.same
            if likeness is Likeness.DIFFERENT and not self.whole and mine.origin == "made":
                said, there = getattr(mine, name), getattr(real, name)
                at = mine.changed_at or mine.made_at
                self.found.append(Contradiction(key=real.key, attribute=name, said=said, real=there, at=at))
        return alike

    def _same_acl(self, mine: Object, acl: dict[str, dict[str, bool]]) -> bool:
        """Whether the simulation has the same privileges on an object."""
        if type(mine) not in OBJECT_TYPES or not mine.knows("privileges") or WHOLE in mine.unknown:
            return False
        said: dict[str, dict[str, bool]] = {}
        for each in privileges(self.simulated, mine):
            said.setdefault(each.grantee, {})[each.privilege] = each.grantable
        if said == acl:
            return True
        if not self.whole and mine.origin == "made" and owner_of(self.simulated, mine) and not self.lost:
            key = (mine.kind, mine.identity)
            at = mine.changed_at or mine.made_at
            self.found.append(Contradiction(key=key, attribute="privileges", said=said, real=acl, at=at))
        return False

    def _own_edges(self, key: Key) -> Iterator[Dependency]:
        """The edges of the simulation to what no edge is read of: comments, members, roles."""
        if key in self.edges:
            return
        yield from self.simulated.depends_on(key)

    def _opaque(self, key: Key) -> Location | None:
        """The place of a statement that could not be followed and may have made an object, the first such."""
        for event in self.simulated.events:
            if isinstance(event, Unmodelled) and any(
                kind in {"*", key[0]} and (identity == "*" or identity == key[1]) for kind, identity in event.touches
            ):
                return event.at
        return None


@cache
def _read_fields(cls: type[Object]) -> frozenset[str]:
    """The fields that come with the server's row; the others are the simulation's own."""
    return frozenset(name for name in cls.__struct_fields__ if f"'{name}'" in cls.live)


def _is_servers(obj: Object) -> bool:
    """Whether no query asks for an object: a role that comes with every server."""
    return obj.kind == "role" and obj.identity.startswith("pg_")


def _is_temporary(obj: Object) -> bool:
    return any("pg_temp" in str(getattr(obj, name, "")) for name in ("identity", "table", "object"))


def _acls(held: Iterable[Privilege]) -> dict[str, dict[str, dict[str, bool]]]:
    """What each grantee holds, by the object as a privilege names it."""
    found: dict[str, dict[str, dict[str, bool]]] = {}
    for each in held:
        found.setdefault(each.object, {}).setdefault(each.grantee, {})[each.privilege] = each.grantable
    return found


def _with_acl(real: Object, acl: dict[str, dict[str, bool]], mine: Object | None, *, same: bool) -> Object:
    """The object with its access list: the simulation's where it says the same, for it knows the owner's too."""
    object_type = OBJECT_TYPES.get(type(real))
    if object_type is None:
        return real
    held: Acl | None = getattr(mine, "acl", None) if same else acl
    if not same and acl == BUILT_IN.get(object_type, {}):
        held = None
    return replace(real, acl=held)


def laid_over(base: Catalog, objects: Collection[Object]) -> Catalog:
    """A catalog of objects, as a snapshot or a live database gives them, on top of what a base has."""
    catalog = base.copy()
    acls = _acls(each for each in objects if isinstance(each, Privilege))
    for each in objects:
        if not isinstance(each, Privilege):
            acl = acls.get(f"{each.kind} {each.identity}", {})
            catalog.hold(_with_acl(each, acl, None, same=False), ())
    return catalog


class _Places:
    """Statements, asked whether a place lies in one of them."""

    def __init__(self, places: Iterable[Location]) -> None:
        self._by_file: dict[str, list[Location]] = {}
        for each in places:
            self._by_file.setdefault(each.file, []).append(each)

    def __bool__(self) -> bool:
        return bool(self._by_file)

    def cover(self, at: Location | None) -> bool:
        return at is not None and any(within(at, each) for each in self._by_file.get(at.file, ()))


def within(at: Location, whole: Location) -> bool:
    """Whether a place lies in another."""
    return at.file == whole.file and (whole.line, whole.column) <= (at.line, at.column) <= (
        whole.end_line,
        whole.end_column,
    )
