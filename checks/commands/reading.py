"""Where the catalog that is judged comes from: the simulation, or with ``--exact`` and ``--dsn`` a server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from ..secrets import hidden
from ..words import listed
from .rules import tell

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...connect.exact import Reading
    from ...schema.project import Project
    from ...schema.simulate import Simulation
    from ..finding import Finding
    from ..lint import Report

_SHOWN = 10  # contradictions that are told in full


def simulation_of(project: Project, *, exact: bool = False, dsn: str | None = None) -> Simulation | None:
    """The simulation of a project's migrations, with a server's catalogs where they are asked for.

    What is to be known of how they came about is told on stderr. None where the server cannot be had: that is told,
    too, and the exit code is 2.
    """
    from ..lint import simulated

    simulation = simulated(project)
    if not exact and dsn is None:
        return simulation
    found = reading(project, simulation, dsn)
    return found.simulation if found else None


def reading(project: Project, simulation: Simulation, dsn: str | None) -> Reading | None:
    """The same with all that is known of it: of a live database, or without a DSN of a private PostgreSQL."""
    found = _private(project, simulation) if dsn is None else _live(dsn, simulation)
    for line in notes(found) if found else ():
        tell(line)
    return found


def _live(dsn: str, simulation: Simulation) -> Reading | None:
    from ...connect.dsn import DsnError, connect, without_secrets
    from ...connect.exact import of_database

    try:
        connection = connect(dsn)
    except DsnError as error:
        tell(str(error))
        return None
    import psycopg

    try:
        with connection:
            return of_database(connection, simulation)
    except psycopg.Error as error:
        tell(f"the database cannot be read: {without_secrets(str(error), {})}")
        return None


def _private(project: Project, simulation: Simulation) -> Reading | None:
    from ...connect.binaries import ServerUnavailable
    from ...connect.exact import of_migrations

    try:
        return of_migrations(project, simulation)
    except ServerUnavailable as error:
        tell(f"--exact needs a private PostgreSQL: {error}")
        return None


def without_secrets(report: Report) -> Report:
    """A report on a live database, whose texts may hold secrets that no file has, without them."""
    return replace(report, findings=tuple(map(_without_secrets, report.findings)))


def _without_secrets(finding: Finding) -> Finding:
    remedy = finding.remedy
    if remedy is not None:
        remedy = replace(remedy, text=hidden(remedy.text), sql=remedy.sql and hidden(remedy.sql))
    return replace(finding, message=hidden(finding.message), why=tuple(map(hidden, finding.why)), remedy=remedy)


def notes(of: Reading) -> Iterator[str]:
    """What a reader must know of an exact catalog, a line each."""
    if of.stubs:
        yield f"the private PostgreSQL has stand-ins for {listed(of.stubs)}: what needs more of them is refused"
    if of.on_rows:
        yield (
            f"{_statements(of.on_rows)} refused for the rows they did not find: the private PostgreSQL is empty. "
            "What they make is simulated"
        )
    rest = of.lost - of.on_rows
    if rest > 0:
        yield (
            f"{_statements(rest)} refused, because they need what nothing makes or what an earlier refusal took away. "
            "What they make is simulated"
        )
    wrong = [*_contradictions(of)]
    if wrong:
        yield (
            f"the simulation is wrong about {len(wrong)} fact{'s' * (len(wrong) > 1)} of this project, and PostgreSQL "
            f"{of.server} was believed: a fault of pasteproof, please report it"
        )
        yield from wrong[:_SHOWN]
        if len(wrong) > _SHOWN:
            yield f"and {len(wrong) - _SHOWN} more"


def _statements(count: int) -> str:
    return f"{count} statement{'s were' if count > 1 else ' was'}"


def _contradictions(of: Reading) -> Iterator[str]:
    for refusal in of.refusals:
        at = refusal.at
        said = (
            f"it is taken; simulated: {refusal.simulated}" if refusal.server is None else f"refused: {refusal.server}"
        )
        yield f"{at.file}:{at.line}:{at.column}: {said}"
    for each in of.contradictions:
        kind, identity = each.key
        place = f"{each.at.file}:{each.at.line}:{each.at.column}: " if each.at else ""
        name = f"{kind.replace('_', ' ')} {identity}"
        if each.attribute is None:
            yield f"{place}{name} is {'not there; simulated: it is' if each.real is None else 'there; simulated: not'}"
        else:
            yield f"{place}{name}: {each.attribute} is {each.real!r}; simulated: {each.said!r}"
