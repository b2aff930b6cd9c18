"""What the command ``schema init`` does: a schema.yaml is written from what is there; it returns its exit code."""

from __future__ import annotations

import os
from glob import escape
from pathlib import Path
from typing import TYPE_CHECKING

from .init_text import Draft, quoted, said, written_out
from .rules import FAILED, OK, tell, written

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...schema.catalog import Key
    from ...schema.project import Migration, Project
    from ...schema.simulate import Simulation
    from ...schema.snapshots.query import Pasted
    from ...schema.spec import Target
    from ..lint import Report

# Kinds by which a database shows that a migration has been run
_TRACES = frozenset({"table", "view", "function", "type", "policy", "trigger", "index", "column"})
_PATTERNS = frozenset({"table", "view", "sequence", "type", "schema", "function", "extension", "role"})
# Where no configuration says it: folders that may hold migrations, looked for this deep
_DEPTH = 5
_NOT_LOOKED_AT = frozenset({"node_modules", "vendor", "dist", "build", "venv", "site-packages"})
_SAYING = ("migrations", "migration", "drizzle")  # parts of a folder's name that say what it is


def init(directory: Path, *, read: str | None) -> int:
    """Write a schema.yaml into a directory that has none, and say what it holds."""
    from ...schema.project import MISNAMED, SPEC, load

    if not directory.is_dir():
        return tell(f"-C {directory}: there is no such directory")
    there = load(directory)
    if there.spec_path is not None:
        return tell(
            f"{os.path.relpath(there.spec_path, directory)} is there already, and was left as it is: "
            "edit it, or move it away and run schema init again"
        )
    for problem in there.problems:
        if Path(problem.path).name == MISNAMED:
            return tell(f"{problem.path}: {problem.message}. {problem.remedy}")
    pasted = None
    if read is not None:
        from .pasted import answered

        answer = answered(read if read == "-" else str(directory / read))
        if isinstance(answer, int):
            return FAILED
        pasted = answer
    called = directory
    if there.config_path is not None and (above := there.config_path.parent.parent) in directory.absolute().parents:
        directory = above  # the project's own folder, above the one that this was called in
    draft = _folders(directory)
    if draft is None:
        return FAILED
    project = _with(directory, draft)
    if project.problems:
        for problem in project.problems:
            tell(f"{problem.path}: {problem.message}")
        return FAILED
    draft.files = len(project.migrations)
    _fill(draft, project, pasted)
    text = written_out(draft)
    report = _report(directory, text)
    draft.history = report.history
    text = written_out(draft)
    if not _created(directory / SPEC, text):
        return FAILED
    return OK if written(said(draft, report, os.path.relpath(directory / SPEC, called)), None) == OK else FAILED


# -- what is there -----------------------------------------------------------------------------------------


def _folders(directory: Path) -> Draft | None:
    """Which files are migrations: what is configured, else what looks like them."""
    from ...schema.project import MIGRATIONS

    if _matches(directory, MIGRATIONS):
        return Draft(migrations=(MIGRATIONS,))
    found = _candidates(directory)
    if not found:
        tell("no folder with .sql files was found: name it in a schema.yaml of your own, as migrations")
        return None
    best = max(found, key=lambda each: _rank(each, found[each]))
    others = tuple(f"{escape(each)}/*.sql" for each in sorted(found) if each != best and _rank(each, found[each])[0])
    return Draft(migrations=(f"{escape(best)}/*.sql" if best != "." else "*.sql",), others=others)


def _matches(directory: Path, pattern: str) -> bool:
    return any(directory.glob(pattern))


def _candidates(directory: Path) -> dict[str, list[str]]:
    """Folders with .sql files, and these files' names."""
    found: dict[str, list[str]] = {}
    for at, folders, files in os.walk(directory):
        here = Path(at).relative_to(directory)
        deep = len(here.parts)
        folders[:] = sorted(
            each for each in folders if not each.startswith(".") and each not in _NOT_LOOKED_AT and deep < _DEPTH
        )
        names = [each for each in files if each.endswith(".sql")]
        if names:
            found[here.as_posix()] = names
    return found


def _rank(folder: str, files: Sequence[str]) -> tuple[bool, bool, int, int]:
    """How much a folder looks like one of migrations."""
    last = folder.rpartition("/")[2].lower()
    numbered = sum(each[:1].isdigit() for each in files)
    return any(each in last for each in _SAYING), "supabase" in folder, numbered, -folder.count("/")


def _with(directory: Path, draft: Draft) -> Project:
    """The project as the draft so far makes it."""
    from ...schema.project import load

    return load(directory, spec=written_out(draft))


def _fill(draft: Draft, project: Project, pasted: Pasted | None) -> None:
    """Find out the rest: from config.toml, from the migrations, and from what a database answered."""
    from ..lint import simulated

    simulation = simulated(project)
    target = _configured(project)
    if target is not None:
        draft.exposed, draft.default_grants = target.exposed, target.default_grants
        draft.default_grants_from = "config.toml" if target.default_grants else ""
    if pasted:
        draft.postgres = int(pasted.database.server.partition(".")[0] or 0) or None
        draft.default_grants = _default_grants(pasted)
        draft.default_grants_from = "the database"
    if pasted:
        _applied(draft, project.migrations, pasted, simulation)
    elif project.migrations:
        draft.applied = _called(project.migrations[-1], project.migrations)
    _missing(draft, simulation, pasted)
    _declared(draft, project, simulation)


def _configured(project: Project) -> Target | None:
    """What the config.toml beside the migrations says of what they run on."""
    from ...schema.project import CONFIG, load

    for migration in project.migrations[:1]:
        for folder in migration.path.parents:
            if (folder / CONFIG).is_file():
                return load(folder, spec="version: 1\n").target
            if folder == project.root:
                break
    return None


def _default_grants(pasted: Pasted) -> str:
    """Whether a new table of role postgres in public is granted to anon."""
    granted = {
        (each.for_role, each.schema, each.object_type, each.grantee)  # type: ignore[attr-defined]  # of this kind
        for each in pasted.objects
        if each.kind == "default_privilege"
    }
    return "exposed" if ("postgres", "public", "tables", "anon") in granted else "revoked"


def _applied(draft: Draft, migrations: Sequence[Migration], pasted: Pasted, simulation: Simulation) -> None:
    """Where the history ends: as the database has registered it, else as far as it holds what the migrations make."""
    known = set(pasted.registered or ())
    done = [each for each in migrations if each.version in known]
    if done:
        draft.applied_from = "registered"
        draft.unknown_versions = tuple(sorted(known - {each.version for each in migrations}))
    else:
        draft.applied_from = "there"
        there = {each.key for each in pasted.objects}
        made = _made(simulation)
        done = [each for each in migrations if (keys := made.get(each.shown)) and keys & there]
    if done:
        draft.applied = _called(done[-1], migrations)
        missed = [each for each in migrations[: migrations.index(done[-1])] if each not in done]
        if draft.applied_from == "there":
            missed = [each for each in missed if made.get(each.shown)]  # what makes nothing that lasts leaves no trace
        draft.exceptions = tuple(_called(each, migrations) for each in missed)


def _made(simulation: Simulation) -> dict[str, set[Key]]:
    """What the migrations make and leave, by file, as far as it has a name of its own."""
    found: dict[str, set[Key]] = {}
    for each in simulation.after:
        if each.origin == "made" and each.made_at and each.kind in _TRACES:
            found.setdefault(each.made_at.file, set()).add(each.key)
    return found


def _called(migration: Migration, migrations: Sequence[Migration]) -> str:
    """A name of a migration that is no other's: its version where all have one, else the file's."""
    if all(each.version is not None for each in migrations):
        versions = [each.version for each in migrations]
        if migration.version and versions.count(migration.version) == 1:
            return migration.version
    names = [each.path.name for each in migrations]
    return migration.path.name if names.count(migration.path.name) == 1 else migration.relative


def _missing(draft: Draft, simulation: Simulation, pasted: Pasted | None) -> None:
    """What is used and made by nothing; of that, what the database has."""
    from ...schema.catalog import Missing

    used = dict.fromkeys(
        (event.kind, event.identity)
        for event in simulation.events
        if isinstance(event, Missing) and event.kind in _PATTERNS and event.made_later_at is None
    )
    there = {each.key for each in pasted.objects} if pasted else set()
    relations = {identity for kind, identity in there if kind in {"table", "view", "sequence"}}
    functions = {identity.partition("(")[0] for kind, identity in there if kind == "function"}
    names = [(f"{kind} {identity}", kind, identity) for kind, identity in used]
    sure = [
        name
        for name, kind, identity in names
        if (kind, identity) in there
        or (kind in {"table", "view", "sequence"} and identity in relations)
        or (kind == "function" and identity.partition("(")[0] in functions)
    ]
    draft.external = tuple(sure)
    draft.missing = tuple(name for name, _, _ in names if name not in sure)


def _declared(draft: Draft, project: Project, simulation: Simulation) -> None:
    """Whether there is a declarative schema beside the migrations, and how much of it they make otherwise."""
    from ...schema.project import SCHEMAS, load

    base = draft.migrations[0].partition("supabase/")[0] if "supabase/" in draft.migrations[0] else ""
    pattern = f"{base}{SCHEMAS}"
    if not _matches(project.root, pattern):
        return
    from ..schema import Schema

    tried = load(project.root, spec=f"{written_out(draft)}expect_sql: {quoted(pattern)}\n")
    differing = Schema(tried, simulation, tried.target).differences if not tried.problems else ()
    draft.expect_sql = (pattern, len(differing))


def _report(directory: Path, text: str) -> Report:
    from ...schema.project import load
    from ..lint import Options, lint

    return lint(load(directory, spec=text), Options())


def _created(path: Path, text: str) -> bool:
    """Write a file that is not there yet, wholly or not at all."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        beside.write_text(text, "utf-8")
        os.link(beside, path)  # unlike a rename it fails where something came to be there meanwhile
    except FileExistsError:
        tell(f"{path} is there already, and was left as it is")
        return False
    except OSError as error:
        tell(f"{path} cannot be written: {error.strerror or error}")
        return False
    finally:
        beside.unlink(missing_ok=True)
    return True
