"""What schema.yaml states under ``access``, held against the access matrix."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from ...schema.objects.role import Role
from ...schema.objects.table import Table
from ...schema.objects.view import View
from ...schema.stating.section import place_of
from ..access import cell
from ..finding import Related
from ..schema import COMMANDS
from ..words import listed
from .cell import UNKNOWN, Cell

if TYPE_CHECKING:
    from ...schema.catalog import Object
    from ...schema.source import Location
    from ...schema.spec import CommandAccess
    from ..schema import Schema


class Stated(msgspec.Struct, frozen=True, kw_only=True):
    """What is stated of a role and a table and is not so, or not for certain, for commands that are alike.

    ``cells`` is empty where there is no such table or role. ``decided`` is False where it cannot be said whether it is
    as stated; ``problem`` says why.
    """

    table: str
    role: str
    expected: str
    location: Location | None
    cells: tuple[Cell, ...] = ()
    decided: bool = True
    problem: str = ""

    @property
    def commands(self) -> tuple[str, ...]:
        """The commands that are alike."""
        return tuple(each.command for each in self.cells)

    @property
    def found(self) -> str:
        """What the matrix has in place of what is stated."""
        return self.cells[0].access

    @property
    def why(self) -> tuple[str, ...]:
        """What makes the cells what they are, a line each."""
        lines: list[str] = []
        for each in self.cells:
            lines += each.reason
            for way in each.through:
                lines += [f"{way.kind} {way.identity}: {way.access}", *way.why]
        return tuple(dict.fromkeys(lines))

    def related(self, schema: Schema) -> tuple[Related, ...]:
        """The places of the table and of the policies that are asked."""
        table = schema.catalog.get(Table, self.table)
        asked = {name for each in self.cells for name in each.policies}
        if table is None:
            return ()
        said: list[tuple[Object, str]] = [(table, "the table")]
        named = [(each, f'policy "{each.name}"') for each in schema.policies(table) if each.name in asked]
        placed = [(schema.place(each), words) for each, words in (*said, *named)]
        return tuple(Related(place, words) for place, words in placed if place)


def unmet(schema: Schema) -> Iterator[Stated]:
    """Everything that is stated and is not so, or not for certain."""
    for name, roles in schema.project.spec.access.items():
        table = schema.catalog.get(Table, name)
        for role, given in roles.items():
            problem = _problem(schema, name, role, table)
            if table is None or problem:
                word = str(given) if isinstance(given, str) else "by command"
                yield Stated(table=name, role=role, expected=word, location=place_of(role), problem=problem)
            else:
                yield from _together(_of_role(schema, table, role, given))


def _of_role(schema: Schema, table: Table, role: str, given: str | CommandAccess) -> Iterator[Stated]:
    for command in COMMANDS:
        expected = given if isinstance(given, str) else getattr(given, command)
        if expected is None:
            continue
        found = cell(schema, table, role, command)
        stated = Stated(
            table=table.identity,
            role=role,
            expected=str(expected),
            location=place_of(expected) or place_of(role),
            cells=(found,),
        )
        if found.access == UNKNOWN:
            yield replace(stated, decided=False)
        elif found.access != expected:
            yield stated
        elif found.blurred and expected in {"none", "own"}:
            functions = listed(each.identity for each in found.blurred)
            reason = f"{functions}, which {role} may execute, does the same with the rights of its owner"
            yield replace(stated, decided=False, problem=reason)


def _together(found: Iterable[Stated]) -> Iterator[Stated]:
    """Take commands together that differ in nothing."""
    alike: dict[tuple[str, str, bool, str], Stated] = {}
    for each in found:
        key = (each.expected, each.found, each.decided, each.problem)
        other = alike.get(key)
        alike[key] = replace(other, cells=(*other.cells, *each.cells)) if other else each
    yield from alike.values()


def _problem(schema: Schema, name: str, role: str, table: Table | None) -> str:
    if table is None:
        view = schema.catalog.get(View, name) is not None
        return f"{name} is a view: access is of tables" if view else f"there is no table {name}"
    if schema.catalog.get(Role, role) is None:
        return f"there is no role {role}"
    return ""
