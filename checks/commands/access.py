"""What the command ``schema access`` does: it returns its exit code."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from .rules import FAILED, OK, tell, unreadable, written

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ...schema.project import Project


def access(
    project: Project,
    *,
    roles: Sequence[str],
    tables: Sequence[str],
    form: str,
    output: Path | None,
    color: str,
    exact: bool = False,
    dsn: str | None = None,
) -> int:
    """Print who may do what with the tables of a project, or of a live database."""
    from ...schema.catalog import Missing, Rejection
    from ..access import ROLES, matrix, unknown_roles
    from ..output import access as printed
    from ..output import terminal
    from ..schema import Schema
    from ..words import counted
    from .reading import simulation_of

    if unreadable(project):
        return FAILED
    simulation = simulation_of(project, exact=exact, dsn=dsn)
    if simulation is None:
        return FAILED
    schema = Schema(project, simulation, project.target)
    asked = tuple(roles) or tuple(each for each in ROLES if not unknown_roles(schema, [each]))
    for role in unknown_roles(schema, asked):
        return tell(f"--role {role}: there is no such role, neither of the platform's nor made by the migrations")
    if not asked:
        return tell("no role to ask about: name some with --role")
    cells = matrix(schema, asked, tables)
    if tables and not cells:
        return tell(f"--table {' '.join(tables)}: no table has such a name; * stands for any letters")
    if form == "json":
        text = printed.as_json(schema, cells)
    elif form == "markdown":
        text = printed.as_markdown(schema, cells)
    else:
        colored = terminal.wants_color(color, sys.stdout) if output is None else color == "always"
        text = printed.as_text(schema, cells, color=colored, room=terminal.columns())
    refused = sum(isinstance(event, Rejection | Missing) for event in simulation.events)
    if refused:
        tell(f"{counted(refused, 'statement')} would fail, or need what nothing makes: see schema lint")
    if schema.masks:
        text = schema.masks.words(text)
    if written(text, output) == FAILED or project.problems:
        return FAILED
    return OK
