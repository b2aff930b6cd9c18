"""What ``expect_sql`` declares in plain DDL, held against what the migrations make.

The files are simulated like the migrations, on the same platform, and compared by the same differ. What they say
nothing at all about (no comment, no grant, no publication anywhere) is not asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from .. import drift
from ..catalog import Missing, Rejection, Unmodelled
from ..difference import Difference, Verdict
from ..names import quote_ident
from ..objects.privilege import Privilege
from ..simulate import platform_catalog, simulate
from .section import place_of

if TYPE_CHECKING:
    from ..catalog import Catalog
    from ..drift import Change, Side
    from ..project import Project
    from ..simulate import Simulation
    from ..source import Location

_VERDICTS: dict[str, Verdict] = {"removed": "missing", "added": "unexpected", "changed": "differs"}
_GRANTING = frozenset({"GrantStmt", "AlterDefaultPrivilegesStmt"})


def declared(project: Project) -> Simulation:
    """The files of ``expect_sql``, simulated."""
    target = project.target
    return simulate(
        platform_catalog(platform=target.platform, default_grants=target.default_grants or "exposed"),
        [],
        project.declared,
        external=project.external,
    )


def differences(project: Project, catalog: Catalog) -> list[Difference]:
    """Where a catalog is not what the files of ``expect_sql`` declare, in their order."""
    wanted = declared(project)
    before = drift.of_catalog(wanted.after, "expect_sql", project.target.platform)
    after = drift.of_catalog(catalog, "migrations", project.target.platform)
    stated = _kinds(wanted)
    place = next((at for each in project.spec.declared if (at := place_of(each))), None)
    found = list(_broken(wanted))
    granted: dict[tuple[str, str], None] = {}
    for change, _ in drift.together(drift.difference(before, after).changes):
        if change.kind not in stated:
            continue
        if change.kind == "privilege":
            thing, _, grantee = change.identity.partition(" on ")[2].rpartition(" to ")
            granted[thing, "" if thing.startswith("function ") else grantee] = None
        else:
            found += _told(change, wanted.after, catalog, place)
    found += [_grants(*each, (before, after), (wanted.after, catalog), place) for each in granted]
    order = {source.path: number for number, source in enumerate(project.declared)}
    return sorted(found, key=lambda each: _by_place(each, order))


def held_against(project: Project, side: Side, *, backwards: bool = False) -> drift.Difference:
    """The way from what the files declare to a state, or back; kinds of which they say nothing are left out."""
    wanted = declared(project)
    mine = drift.of_catalog(wanted.after, "expect_sql", project.target.platform)
    changes = drift.difference(*((side, mine) if backwards else (mine, side))).changes
    stated = _kinds(wanted)
    return drift.Difference(tuple(each for each in changes if each.kind in stated))


def _kinds(wanted: Simulation) -> set[str]:
    """The kinds of objects that the files say something of."""
    stated = {each.kind for each in wanted.after if each.origin == "made"} - {"privilege", "default_privilege"}
    if any(each.kind in _GRANTING for each in wanted.statements):
        stated |= {"privilege", "default_privilege"}
    return stated


def _by_place(difference: Difference, order: dict[str, int]) -> tuple[Any, ...]:
    at, last = difference.location, len(order)
    return (order.get(at.file, last), at.line, at.column, difference.key) if at else (last, 0, 0, difference.key)


def _broken(wanted: Simulation) -> Iterator[Difference]:
    """Statements of the files that the server would refuse, or that cannot be followed."""
    for event in wanted.events:
        if isinstance(event, Unmodelled):
            reason = event.reason
        elif isinstance(event, Rejection | Missing):
            reason = f"{event.sqlstate}: {event.message}"
        key = ("file", event.at.file)
        yield Difference(kind="undecided", key=key, location=event.at, reason=reason)


def _told(change: Change, wanted: Catalog, catalog: Catalog, place: Location | None) -> list[Difference]:
    mine, there = wanted.find(change.key), catalog.find(change.key)
    location = _at(mine) or place
    common: dict[str, Any] = {"key": change.key, "location": location, "at": _at(there)}
    if change.from_ is None or change.to is None or not (change.differs or change.unknown):
        verdict = _VERDICTS.get(change.change, "undecided")
        return [Difference(kind=verdict, reason=change.reason or "", **common)]
    found = []
    for names, verdict in ((change.differs, "differs"), (change.unknown, "undecided")):
        found += [
            Difference(
                kind=verdict,
                attribute=name,
                expected=change.from_.get(name),
                actual=change.to.get(name),
                reason=(change.reason or "") if verdict == "undecided" else "",
                **common,
            )
            for name in names
        ]
    return found


def _grants(
    thing: str, grantee: str, sides: tuple[Side, Side], catalogs: tuple[Catalog, Catalog], place: Location | None
) -> Difference:
    """What a role may do with an object, or who may execute a function, all of it in one difference."""
    kind, _, identity = thing.partition(" ")
    mine, there = (each.find((kind, identity)) for each in catalogs)
    expected, actual = (_held(side, thing, grantee) for side in sides)
    unsure = there is not None and not there.knows("privileges")
    return Difference(
        kind="undecided" if unsure else "differs",
        key=(kind, identity),
        attribute=f"grants to {grantee}" if grantee else "execute",
        expected=expected,
        actual=None if unsure else actual,
        location=_at(mine) or place,
        at=_at(there),
        reason="what was granted is not known" if unsure else "",
    )


def _held(side: Side, thing: str, grantee: str) -> tuple[str, ...]:
    """The privileges of a grantee; without one, the roles that have any."""
    found = [each for each in side.objects.values() if isinstance(each, Privilege) and each.object == thing]
    if not grantee:
        return tuple(sorted({each.grantee for each in found}))
    return tuple(
        sorted(
            each.privilege + (" with grant option" if each.grantable else "")
            for each in found
            if quote_ident(each.grantee) == grantee
        )
    )


def _at(obj: Any) -> Location | None:
    found: Location | None = (obj.changed_at or obj.made_at) if obj is not None else None
    return found
