"""What the command ``schema diff`` does: two sides found by their names, compared, told; it returns its exit code."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from ..secrets import is_address
from ..words import counted
from .rules import FAILED, FOUND, OK, tell, written

if TYPE_CHECKING:
    from collections.abc import Callable

    from ...schema.drift import Difference, Kind, Side
    from ...schema.project import Project
    from ...schema.spec import Spec

_YAML = {".yaml", ".yml"}


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """How the two sides are read and told.

    ``applied``: of the migrations those that were applied alone; ``strict``: what cannot be compared fails, too.
    """

    form: str = "text"
    color: str = "auto"
    output: Path | None = None
    exact: bool = False
    applied: bool = False
    strict: bool = False
    with_platform: bool = False


class _Unreadable(Exception):  # noqa: N818 - it has been told what is wrong
    """A side could not be read; why was told on stderr."""


class _Found(msgspec.Struct):
    """One side: a state, or what a schema.yaml states."""

    side: Side | None = None
    spec: Spec | None = None
    declared: Project | None = None  # what has the files of the schema.yaml's expect_sql
    name: str = ""
    words: Callable[[str], str] = str  # keeps secrets back

    @property
    def label(self) -> tuple[Kind, str]:
        """What it is, and its name."""
        return (self.side.kind if self.side else "spec", self.name)


def diff(directory: Path, one: str, other: str, options: Options) -> int:
    """Compare two states, each a project, migrations, a schema.yaml, a snapshot, a pasted result or an address."""
    from ..output import drift as printed

    try:
        before, after = (_found(directory, name, options) for name in (one, other))
        result = _compared(before, after, options)
    except _Unreadable:
        return FAILED
    names = (before.label, after.label)

    def words(text: str) -> str:
        return after.words(before.words(text))

    if options.form == "json":
        text = printed.json(result, names, words)
    else:
        from ..output import terminal

        colored = (
            terminal.wants_color(options.color, sys.stdout) if options.output is None else options.color == "always"
        )
        text = printed.text(result, names, words, color=colored, room=terminal.columns())
    if written(text, options.output) == FAILED:
        return FAILED
    return FOUND if result.differs or (options.strict and result.changes) else OK


# -- which side is what ------------------------------------------------------------------------------------


def _found(directory: Path, name: str, options: Options) -> _Found:
    if is_address(name) and not (directory / name).exists():
        return _database(name)
    path = directory / name
    if name == "-" or (path.is_file() and path.suffix not in {".sql", *_YAML}):
        return _file(name, path)
    if path.suffix in _YAML and path.is_file():
        return _stated(path)
    return _migrations(directory, name, options)


def _database(dsn: str) -> _Found:
    from ...connect.dsn import DsnError, connect, without_secrets
    from ...connect.exact import read
    from ...schema.drift import of_objects

    try:
        connection = connect(dsn)
    except DsnError as error:
        tell(str(error))
        raise _Unreadable from None
    import psycopg

    try:
        with connection:
            objects, _ = read(connection)
            row = connection.execute(
                "select pg_catalog.current_database(), pg_catalog.current_setting('server_version')"
            )
            database, version = row.fetchone() or ("", "")
    except psycopg.Error as error:
        tell(f"the database cannot be read: {without_secrets(str(error), {})}")
        raise _Unreadable from None
    name = f"database {database}, PostgreSQL {version.split()[0]}"
    return _Found(of_objects("database", name, objects), name=name, words=_masked)


def _file(name: str, path: Path) -> _Found:
    """A snapshot, or a pasted result."""
    from ...schema.drift import of_objects
    from ...schema.snapshots.reader import SnapshotError
    from ...schema.snapshots.reader import read as snapshot
    from .pasted import answered, content, shown

    try:
        data = content(name if name == "-" else str(path))
        if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
            found, objects = snapshot(data)
            kind = "snapshot of a database" if found.source == "database" else "snapshot of migrations"
            resting = {(each.kind, each.identity) for each in found.objects if each.rests_on}
            return _Found(
                of_objects("snapshot", shown(name), objects, resting), name=f"{kind}, {shown(name)}", words=_masked
            )
    except OSError as error:
        tell(f"{shown(name)} cannot be read: {error.strerror or error}")
        raise _Unreadable from None
    except SnapshotError as error:
        tell(f"{shown(name)} is no snapshot: {error}")
        raise _Unreadable from None
    answer = answered(name, data)
    if isinstance(answer, int):
        raise _Unreadable
    label = f"database {answer.database.name} at {answer.database.at}, {shown(name)}"
    return _Found(of_objects("database", label, answer.objects), name=label, words=_masked)


def _stated(path: Path) -> _Found:
    from ...schema.project import load
    from ...schema.source import SourceError, read
    from ...schema.spec import read_spec

    try:
        source = read(path, str(path))
    except SourceError as error:
        tell(f"{error.path}: {error.message} ({error.remedy})")
        raise _Unreadable from None
    spec, problems = read_spec(source)
    for problem in problems:
        place = f":{problem.location.line}:{problem.location.column}" if problem.location else ""
        tell(f"{problem.path}{place}: {problem.message}" + (f" ({problem.remedy})" if problem.remedy else ""))
    if spec is None or problems:
        raise _Unreadable
    declared = None
    if spec.declared:
        declared = load(path.parent, spec=source.text)
        if not declared.declared:
            tell(f"{path}: no file matches {', '.join(spec.declared)}")
            raise _Unreadable
    return _Found(spec=spec, declared=declared, name=str(path), words=_masked)


def _migrations(directory: Path, name: str, options: Options) -> _Found:
    from ...schema.catalog import Missing, Rejection
    from ...schema.drift import of_catalog
    from ..schema import Schema
    from .reading import simulation_of

    project, shown = _project(directory, name)
    for problem in project.problems:
        place = f":{problem.location.line}:{problem.location.column}" if problem.location else ""
        tell(f"{problem.path}{place}: {problem.message}" + (f" ({problem.remedy})" if problem.remedy else ""))
    if project.problems or not project.migrations:
        raise _Unreadable
    simulation = simulation_of(project, exact=options.exact)
    if simulation is None:
        raise _Unreadable
    refused = sum(isinstance(event, Rejection | Missing) for event in simulation.events)
    if refused:
        tell(f"{shown}: {counted(refused, 'statement')} would fail, or need what nothing makes: see schema lint")
    masks = Schema(project, simulation, project.target).masks
    catalog = simulation.before if options.applied else simulation.after
    label = f"migrations, {shown} ({len(project.applied if options.applied else project.migrations)})"
    return _Found(of_catalog(catalog, label, project.target.platform), name=label, words=masks.words)


def _project(directory: Path, name: str) -> tuple[Project, str]:
    """The project of a folder, or the migrations that a folder, a file or a pattern names, and nothing else."""
    from glob import glob, has_magic

    from ...schema.project import CONFIG, SPEC, load

    path = directory / name
    if path.is_dir() and any((path / each).exists() for each in (SPEC, CONFIG, Path("supabase/migrations"))):
        return load(path), name
    paths = sorted(glob(name, root_dir=directory, recursive=True)) if has_magic(name) and not path.exists() else [name]  # noqa: PTH207 - a pattern may be absolute
    if not paths:
        tell(f"{name}: no file matches")
        raise _Unreadable
    whole = load(directory, [Path(each) for each in paths])
    chosen = tuple(each for each in whole.migrations if each.selected)
    return msgspec.structs.replace(whole, migrations=chosen), name


# -- comparing ---------------------------------------------------------------------------------------------


def _compared(before: _Found, after: _Found, options: Options) -> Difference:
    from ...schema.drift import difference, of_catalog

    if before.side and after.side:
        return difference(before.side, after.side, with_platform=options.with_platform)
    from ...schema.stating.stated import between

    if before.spec and after.spec:
        found = between(before.spec, after.spec)
        if before.declared is None and after.declared is None:
            return found
        if before.declared is None or after.declared is None:
            tell(
                "one of the two states its expectation in SQL (expect_sql), the other does not: they cannot be compared"
            )
            raise _Unreadable
        from ...schema.stating.declared import declared, held_against

        state = of_catalog(declared(after.declared).after, after.name, after.declared.target.platform)
        return _both(found, held_against(before.declared, state))
    if before.spec and after.side:
        return _stated_against(before, before.spec, after.side, backwards=False)
    if after.spec and before.side:
        return _stated_against(after, after.spec, before.side, backwards=True)
    raise AssertionError  # each is one or the other


def _stated_against(stated: _Found, spec: Spec, side: Side, *, backwards: bool) -> Difference:
    from ...schema.stating import declared
    from ...schema.stating.stated import held_against

    found = held_against(spec, side, backwards=backwards)
    if stated.declared is None:
        return found
    return _both(found, declared.held_against(stated.declared, side, backwards=backwards))


def _both(one: Difference, other: Difference) -> Difference:
    """What two comparisons found, each object once for each of them."""
    return msgspec.structs.replace(
        one, changes=tuple(sorted((*one.changes, *other.changes), key=lambda each: each.key))
    )


def _masked(text: str) -> str:
    from .pasted import is_secret

    return "(a secret, not shown)" if is_secret(text) else text
