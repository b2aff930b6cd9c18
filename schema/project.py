"""A project: its configuration, found from a directory upward, and its migrations in the order they run.

What is wrong with a file (missing, binary, a folder named like one) is data; the readable ones are read.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from .pattern import lazy
from .source import Location, Source, SourceError, read
from .spec import Spec, Target, read_spec
from .stating.section import Problem, place_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SPEC = "schema.yaml"
CONFIG = Path("supabase/config.toml")
MIGRATIONS = "supabase/migrations/*.sql"
SCHEMAS = "supabase/schemas/*.sql"

_VERSIONED = lazy(r"([0-9]+)_(.*)\.sql")  # supabase/cli, pkg/migration: what it takes for a migration
_TOML_PLACE = lazy(r" \(at line (\d+), column (\d+)\)$")
MISNAMED = "schema.yml"
_OURS = lazy(rb"(?m)^version\s*:\s*1\s*(#.*)?$")  # dbt and others have a schema.yml, of another version or of none
_LAST = "\U0010ffff"  # sorts behind every name


class Migration(msgspec.Struct, frozen=True, kw_only=True):
    """One file of SQL.

    ``shown`` is its path for people, ``relative`` that from the project's root, with slashes. ``version`` and
    ``name`` are those of the Supabase CLI, None where it would not take the file. ``selected`` is false where
    paths were given and the file is in none of them.
    """

    path: Path
    shown: str
    relative: str
    version: str | None
    name: str | None
    source: Source
    applied: bool = False
    selected: bool = True


class Project(msgspec.Struct, frozen=True, kw_only=True):
    """Where the project is, what it says of itself, and its migrations in order.

    ``spec.target`` is complete: what schema.yaml leaves open comes from supabase/config.toml. ``problems``
    has what is wrong with schema.yaml, config.toml and the files; ``spec`` is then what could be read.
    """

    root: Path
    spec: Spec
    spec_path: Path | None
    spec_source: Source | None
    config_path: Path | None
    migrations: tuple[Migration, ...]
    problems: tuple[Problem, ...]
    declared: tuple[Source, ...] = ()  # the files of expect_sql, in order

    @property
    def target(self) -> Target:
        """What the migrations run on."""
        return self.spec.target

    @property
    def external(self) -> tuple[str, ...]:
        """Patterns of what is made elsewhere."""
        return self.spec.external

    @property
    def applied(self) -> tuple[Migration, ...]:
        """The migrations that have been run."""
        return tuple(each for each in self.migrations if each.applied)

    @property
    def pending(self) -> tuple[Migration, ...]:
        """The migrations that are still to be run."""
        return tuple(each for each in self.migrations if not each.applied)

    def only(self, chosen: Iterable[Migration]) -> Project:
        """The same project with no other pending migrations than these."""
        wanted = {migration.shown for migration in chosen}
        kept = tuple(each for each in self.migrations if each.applied or each.shown in wanted)
        return msgspec.structs.replace(self, migrations=kept)


class _Config(msgspec.Struct, frozen=True, kw_only=True):
    """What supabase/config.toml says that matters here."""

    exposed: tuple[str, ...] | None = None
    default_grants: str | None = None
    anonymous_sign_ins: bool | None = None
    schema_paths: tuple[str, ...] = ()


def load(
    directory: Path, paths: Sequence[Path] = (), *, stdin: tuple[str, str] | None = None, spec: str | None = None
) -> Project:
    """Load the project that a directory belongs to.

    ``paths`` (files and folders, relative to the directory) limit what is selected; without a configuration
    they are the project. ``stdin`` is a file's name and the text that stands for its content. ``spec`` is what a
    schema.yaml in the directory would say.
    """
    return _Loader(directory, stdin, spec).load(paths)


class _Loader:
    """Collects files and problems."""

    def __init__(self, directory: Path, stdin: tuple[str, str] | None, written: str | None = None) -> None:
        self.directory, self.written = _absolute(directory), written
        self.stdin = (_absolute(self.directory / stdin[0]), stdin[1]) if stdin else None
        self.problems: list[Problem] = []

    def load(self, paths: Sequence[Path]) -> Project:
        spec_path, config_path = self._find()
        root = self.directory
        if spec_path:
            root = spec_path.parent
        elif config_path:
            root = config_path.parent.parent
        spec, spec_source = self._spec(spec_path)
        config = self._config(config_path)
        spec = msgspec.structs.replace(spec, target=_completed(spec.target, config))
        named = [(path, self._named(path)) for path in paths]
        groups = self._groups(root, spec, config, spec_path or config_path, paths)
        self._add(groups, named)
        declared = self._declared(root, spec, groups)
        selected = {path for _, files in named for path in files} if paths else None
        migrations = self._migrations(root, groups, selected)
        migrations = self._applied(migrations, spec)
        if not migrations and not self.problems:
            self._tell(self._show(root), "no migration was found", "Name a file, or a folder of .sql files.")
        return Project(
            root=root,
            spec=spec,
            spec_path=spec_path,
            spec_source=spec_source,
            config_path=config_path,
            migrations=tuple(migrations),
            problems=tuple(self.problems),
            declared=declared,
        )

    def _tell(self, shown: str, message: str, remedy: str, location: Location | None = None) -> None:
        self.problems.append(Problem(path=shown, message=message, remedy=remedy, location=location))

    def _show(self, path: Path) -> str:
        return _shown(_from(self.directory, path))

    # -- configuration -----------------------------------------------------------------------------------

    def _find(self) -> tuple[Path | None, Path | None]:
        """Find the nearest schema.yaml and supabase/config.toml, no higher than the repository's root."""
        spec = config = misnamed = None
        if self.written is not None:
            spec = self.directory / SPEC
        for folder in (self.directory, *self.directory.parents):
            if spec is None and os.path.lexists(folder / SPEC):
                spec = folder / SPEC
            elif spec is misnamed is None and os.path.lexists(folder / MISNAMED):
                misnamed = folder / MISNAMED
            if config is None and os.path.lexists(folder / CONFIG):
                config = folder / CONFIG
            if (folder / ".git").exists():
                break
        if misnamed is not None and spec is None and _is_ours(misnamed):
            remedy = f"Rename it to {SPEC}: what it says counts for nothing now."
            self._tell(self._show(misnamed), f"is not read: a project's configuration is called {SPEC}", remedy)
        return spec, config

    def _spec(self, path: Path | None) -> tuple[Spec, Source | None]:
        if path is None:
            return Spec(version=1), None
        try:
            shown = self._show(path)
            source = read(path, shown) if self.written is None else Source.from_text(shown, self.written)
        except SourceError as error:
            self._tell(error.path, error.message, error.remedy)
            return Spec(version=1), None
        spec, problems = read_spec(source)
        self.problems += problems
        return spec or Spec(version=1), source

    def _config(self, path: Path | None) -> _Config:
        if path is None:
            return _Config()
        import tomllib

        shown = self._show(path)
        try:
            tree = tomllib.loads(path.read_text("utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            self._tell(shown, f"cannot be read: {getattr(error, 'strerror', None) or 'it is not UTF-8'}", "")
            return _Config()
        except tomllib.TOMLDecodeError as error:
            words = str(error)
            location = None
            if found := _TOML_PLACE.search(words):
                line, column = int(found[1]), int(found[2])
                location, words = Location(shown, line, column, line, column), words[: found.start()]
            self._tell(shown, f"not TOML: {words}", "Mend it, or write a schema.yaml.", location)
            return _Config()
        api, migrations = _table(tree, "api"), _table(_table(tree, "db"), "migrations")
        expose = api.get("auto_expose_new_tables")
        anonymous = _table(tree, "auth").get("enable_anonymous_sign_ins")
        return _Config(
            exposed=_texts(api.get("schemas")),
            default_grants=("exposed" if expose else "revoked") if isinstance(expose, bool) else None,
            anonymous_sign_ins=anonymous if isinstance(anonymous, bool) else None,
            schema_paths=_texts(migrations.get("schema_paths")) or (),
        )

    # -- which files -------------------------------------------------------------------------------------

    def _groups(
        self, root: Path, spec: Spec, config: _Config, configured: Path | None, paths: Sequence[Path]
    ) -> list[list[Path]]:
        """Find the migrations' files, one list for each pattern, each in order."""
        if configured is None and paths:
            return []
        groups = [sorted(_glob(root, pattern), key=_order) for pattern in spec.globs]
        if any(groups) or self.problems:
            return groups
        if "migrations" not in spec.places:  # a project without migrations may still declare its schema
            patterns = [f"supabase/{each}" for each in config.schema_paths] or [SCHEMAS]
            groups = [sorted(_glob(root, os.path.normpath(pattern))) for pattern in patterns]
        if not any(groups) and not paths and self.stdin is None:
            remedy = f"Name a file or a folder, or write the pattern in {SPEC} as migrations (see schema init)."
            self._tell(self._show(root), f"no file matches {', '.join(spec.globs)}", remedy)
        return groups

    def _declared(self, root: Path, spec: Spec, groups: list[list[Path]]) -> tuple[Source, ...]:
        """Read what is expected as DDL; its files are no migrations while there are others."""
        wanted: dict[Path, None] = {}
        for pattern in spec.declared:
            found = sorted(_glob(root, pattern))
            if not any(each.is_file() for each in found):
                place = place_of(pattern)
                shown = place.file if place else SPEC
                self._tell(shown, f"no file matches {pattern}", "Mend expect_sql, or leave it out.", place)
            wanted |= dict.fromkeys(each for each in found if each.is_file())
        if any(path not in wanted for group in groups for path in group):
            groups[:] = [[path for path in group if path not in wanted] for group in groups]
        elif any(groups) and any(path in wanted for pattern in spec.globs for path in _glob(root, pattern)):
            place = place_of(spec.declared[0])
            message = "expect_sql names the migrations themselves: there is nothing to compare them with"
            remedy = f"Name the files that say what the migrations must come to, such as {SCHEMAS}, or leave it out."
            self._tell(place.file if place else SPEC, message, remedy, place)
        return tuple(source for path in wanted if (source := self._read(path)))

    def _named(self, path: Path) -> list[Path]:
        """Find the files that a path given by the user means."""
        whole = _absolute(self.directory / path)
        shown = _shown(str(path))
        if self.stdin and whole == self.stdin[0]:
            return [whole]
        if not os.path.lexists(whole):
            self._tell(shown, "does not exist", "Check the path.")
            return []
        if not whole.is_dir() or (whole.suffix == ".sql" and not _glob(whole, "*.sql")):
            return [whole]
        found = sorted(_glob(whole, "*.sql"), key=_order) or sorted(_glob(whole, "**/*.sql"), key=_order)
        if not found:
            self._tell(shown, "holds no .sql file", "Name a folder that does, or a file.")
        return found

    def _add(self, groups: list[list[Path]], named: list[tuple[Path, list[Path]]]) -> None:
        """Take in what was named and is no migration here: a file always, a folder if all of it is."""
        known = {path for group in groups for path in group}
        extra: list[Path] = []
        for path, files in named:
            if len(files) == 1 and not (self.directory / path).is_dir():
                extra += [each for each in files if each not in known]
            elif not known.intersection(files):
                extra += files
        if self.stdin and self.stdin[0] not in known and self.stdin[0] not in extra:
            extra.append(self.stdin[0])
        groups.append(sorted(extra, key=_order))

    def _migrations(self, root: Path, groups: Iterable[Iterable[Path]], selected: set[Path] | None) -> list[Migration]:
        found = []
        for path in dict.fromkeys(path for group in groups for path in group):
            source = self._read(path)
            if source is None:
                continue
            versioned = _VERSIONED.fullmatch(path.name)
            piped = self.stdin is not None and path == self.stdin[0]
            found.append(
                Migration(
                    path=path,
                    shown=source.path,
                    relative=_shown(_from(root, path)),
                    version=versioned[1] if versioned else None,
                    name=_shown(versioned[2]) if versioned else None,
                    source=source,
                    selected=piped or (path in selected if selected is not None else self.stdin is None),
                )
            )
        return found

    def _read(self, path: Path) -> Source | None:
        shown = self._show(path)
        try:
            if self.stdin and path == self.stdin[0]:
                return Source.from_text(shown, self.stdin[1])
            return read(path, shown)
        except SourceError as error:
            self._tell(error.path, error.message, error.remedy)
            return None

    # -- what has been run -------------------------------------------------------------------------------

    def _applied(self, migrations: list[Migration], spec: Spec) -> list[Migration]:
        """Mark what has been run: up to and with ``applied_until``, but for its exceptions."""
        until = spec.applied_until
        if until is None:
            return migrations
        if until.version.isdigit():
            done = {m.path for m in migrations if m.version is not None and m.version <= until.version}
        else:
            position = next((n for n, m in enumerate(migrations) if _is_named(m, until.version)), None)
            if position is None:
                self._unknown(until.version, place_of(until.version))
            done = {m.path for m in (migrations[: position + 1] if position is not None else ())}
        for name in until.except_:
            kept = {m.path for m in migrations if _is_named(m, name)}
            if not kept:
                self._unknown(name, place_of(name))
            done -= kept
        return [msgspec.structs.replace(m, applied=m.path in done) for m in migrations]

    def _unknown(self, name: str, location: Location | None) -> None:
        shown = location.file if location else SPEC
        remedy = "Write a version, as  003,  or the whole name of a file."
        self._tell(shown, f'no migration is called "{name}"', remedy, location)


def _is_named(migration: Migration, name: str) -> bool:
    return name in {migration.version, migration.path.name, migration.relative, migration.path.stem}


def _order(path: Path) -> tuple[str, str, str]:
    """Sort by version, as text, then by name; a file without a version by its name."""
    versioned = _VERSIONED.fullmatch(path.name)
    return (versioned[1], versioned[2], str(path)) if versioned else (path.name, "", str(path))


def _glob(root: Path, pattern: str) -> list[Path]:
    """Find files; one without wildcards is found even where there is nothing, so that it can be told."""
    from glob import escape, glob, has_magic

    if not has_magic(pattern):
        return [_absolute(root / pattern)]
    found = glob(str(Path(escape(str(root))) / pattern), recursive=True)  # noqa: PTH207 - see above
    return [_absolute(each) for each in found]


def _shown(path: str) -> str:
    """Write a path as text with slashes; a file's name is bytes, and what is no UTF-8 in it becomes U+FFFD."""
    return os.fsencode(path).decode(errors="replace").replace(os.sep, "/")


def _from(start: Path, path: Path) -> str:
    """The way to a path from a folder, both absolute: most often what follows the folder's own path."""
    whole, inside = str(path), os.path.join(start, "")  # noqa: PTH118 - text, with the slash at its end
    return whole[len(inside) :] if whole.startswith(inside) else os.path.relpath(whole, start)


def _absolute(path: Path | str) -> Path:
    """Make a path absolute without following links: people know a file by the name they gave it."""
    return Path(os.path.abspath(path))  # noqa: PTH100 - Path.resolve follows links


def _is_ours(path: Path) -> bool:
    """Whether a file of another name was meant to be a schema.yaml."""
    try:
        return _OURS.search(path.read_bytes()) is not None
    except OSError:
        return False


def _completed(target: Target, config: _Config) -> Target:
    """Fill in what schema.yaml leaves open from config.toml."""
    changes: dict[str, Any] = {}
    if target.exposed is None and config.exposed is not None:
        changes["exposed"] = config.exposed
    if target.default_grants is None and config.default_grants is not None:
        changes["default_grants"] = config.default_grants
    if target.anonymous_sign_ins is None and config.anonymous_sign_ins is not None:
        changes["anonymous_sign_ins"] = config.anonymous_sign_ins
    return msgspec.structs.replace(target, **changes) if changes else target


def _table(tree: Any, name: str) -> dict[str, Any]:
    found = tree.get(name)
    return found if isinstance(found, dict) else {}


def _texts(value: Any) -> tuple[str, ...] | None:
    return tuple(str(each) for each in value) if isinstance(value, list) else None
