"""An earlier state of a project, and what became of the migrations that had been applied there."""

from __future__ import annotations

from typing import Literal

import msgspec

from .project import Migration, Project
from .source import Location, Source, comments

_OURS = ("-- pasteproof:", "/* pasteproof:")


class Changed(msgspec.Struct, frozen=True, kw_only=True):
    """A migration that was applied at the revision, and is not what it was.

    ``file`` is its path as shown, ``to`` the path that it has now, ``location`` the first line that differs.
    """

    file: str
    how: Literal["edited", "renamed", "deleted"]
    revision: str
    to: str | None = None
    location: Location | None = None


class Revision(msgspec.Struct, frozen=True, kw_only=True):
    """A git revision: as the user named it, and the project as it was there."""

    name: str
    project: Project


def touched(before: Revision, after: Project) -> int:
    """How many migrations are other than they were at a revision, or were not there."""
    was = {migration.shown: _lines(migration.source.text) for migration in before.project.migrations}
    return sum(was.get(migration.shown) != _lines(migration.source.text) for migration in after.migrations)


def changed(before: Revision, after: Project) -> list[Changed]:
    """What became of the migrations that had been applied at a revision; line ends, and our own comments, aside."""
    now = {migration.shown: migration for migration in after.migrations}
    was = {migration.shown for migration in before.project.migrations}
    added = {_text(migration): migration for migration in after.migrations if migration.shown not in was}
    return [each for old in _applied(before.project, after) if (each := _changed(old, now, added, before.name))]


def _applied(before: Project, after: Project) -> tuple[Migration, ...]:
    """The migrations of a revision that had been applied: as it says itself, else as is said now."""
    until = after.spec.applied_until
    if until is None or before.spec.applied_until is not None:
        return before.applied
    now = {migration.shown: migration.applied for migration in after.migrations}
    number = until.version if until.version.isdigit() else ""
    return tuple(
        each for each in before.migrations if now.get(each.shown, each.version is not None and each.version <= number)
    )


def _changed(
    old: Migration, now: dict[str, Migration], added: dict[tuple[str, ...], Migration], revision: str
) -> Changed | None:
    there = now.get(old.shown)
    if there is None:
        moved = added.get(_text(old))
        to, location = (moved.shown, _line(moved.source, 0)) if moved else (None, None)
        how: Literal["renamed", "deleted"] = "renamed" if moved else "deleted"
        return Changed(file=old.shown, how=how, revision=revision, to=to, location=location)
    if _text(old) == _text(there):
        return None
    lines, others = _lines(old.source.text), _lines(there.source.text)
    first = next((n for n, pair in enumerate(zip(lines, others, strict=False)) if pair[0] != pair[1]), None)
    first = min(len(lines), len(others) - 1) if first is None else first
    return Changed(file=old.shown, how="edited", revision=revision, location=_line(there.source, first))


def _lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").split("\n")


def _text(migration: Migration) -> tuple[str, ...]:
    """The lines of a file without comments to this tool: adding one changes nothing that runs."""
    source = migration.source
    data = source.data
    if b"pasteproof:" in data:
        for start, end in reversed(comments(source)):
            if source.slice(start, end).startswith(_OURS):
                before, after = data[:start].rstrip(b" \t"), data[end:]
                alone = not before or before.endswith(b"\n")
                data = before + (after.lstrip(b" \t\r").removeprefix(b"\n") if alone else after)
    return tuple(_lines(data.decode()))


def _line(source: Source, number: int) -> Location:
    lines = _lines(source.text)
    return Location(source.path, number + 1, 1, number + 1, len(lines[min(number, len(lines) - 1)]) + 1)
