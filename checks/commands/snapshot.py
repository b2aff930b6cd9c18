"""What the command ``schema snapshot`` does: it returns its exit code."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from .pasted import is_secret, shown
from .rules import FAILED, OK, tell, unreadable, written

if TYPE_CHECKING:
    from ...schema.project import Project


def snapshot(
    project: Project, *, with_platform: bool, output: Path | None, exact: bool = False, dsn: str | None = None
) -> int:
    """Print the catalog that a project's migrations make, or that of a live database."""
    from ...schema.catalog import Missing, Rejection
    from ...schema.snapshots.snapshot import printed, simulated
    from ..lint import simulated as simulation_of
    from ..schema import Schema
    from .reading import reading

    if unreadable(project):
        return FAILED
    simulation = simulation_of(project)
    found = reading(project, simulation, dsn) if exact or dsn is not None else None
    if found is not None:
        simulation = found.simulation
    elif exact or dsn is not None:
        return FAILED
    masks = Schema(project, simulation, project.target).masks
    selected = frozenset(migration.shown for migration in project.migrations if migration.selected)
    made = simulated(
        simulation.after,
        with_platform=with_platform,
        files=None if len(selected) == len(project.migrations) else selected,
        unread=project.problems,
        hides=lambda text: masks.words(text) != text or (dsn is not None and is_secret(text)),
        database=found.database if found else None,
    )
    refused = sum(isinstance(event, Rejection | Missing) for event in simulation.events)
    if refused:
        tell(f"{refused} statement{'s' * (refused > 1)} would fail, or need what nothing makes: see schema lint")
    if written(printed(made), output) == FAILED or project.problems:
        return FAILED
    return OK


def query(*, with_platform: bool, output: Path | None) -> int:
    """Print the query that reads the same from a live database."""
    from ...schema.snapshots.query import query as text

    return written(text(with_platform=with_platform), output)


def read(name: str, *, with_platform: bool, output: Path | None) -> int:
    """Print what was pasted back, from a file or (``-``) stdin, as a snapshot."""
    from ...schema.snapshots.snapshot import live, printed
    from .pasted import answered

    answer = answered(name)
    if isinstance(answer, int):
        return answer
    if with_platform and not answer.with_platform:
        return tell(f"{shown(name)} is without what is the platform's: print the query with --platform too")
    made = live(
        answer.objects,
        answer.database,
        with_platform=with_platform,
        hides=is_secret,
    )
    return written(printed(made), output)
