"""The proof on a private PostgreSQL: a bundle is pasted there as the SQL Editor would, and its answer judged."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import msgspec

from ..connect import editor
from ..connect.server import Database, Server, start
from ..connect.template import SUPERUSER
from ..schema.snapshots import grid
from .evidence import Decision, Judgement, judge

if TYPE_CHECKING:
    from ..checks.matrix.cell import Cell
    from ..schema.project import Project
    from ..schema.source import Source
    from .render import Bundle

# Every form in which the Dashboard gives a result, newer and older.
_FORMS: tuple[editor.Format, ...] = ("json", "csv", "markdown")
EXPORTS = tuple((form, old) for form in _FORMS for old in (False, True))


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was tried, whether it came out as it must, and what was seen."""

    name: str
    ok: bool
    seen: str


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """What the private PostgreSQL answered.

    ``results`` holds the exports of the bundle's and of verify.sql's grid by file name, for whoever wants to read
    them.
    """

    server: str
    steps: tuple[Step, ...]
    results: dict[str, str]
    stubs: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether every step came out as it must."""
        return all(step.ok for step in self.steps)


def prove(bundle: Bundle, history: Sequence[Source], tell: Callable[[str], None], cells: Sequence[Cell] = ()) -> Proof:
    """Apply the history, rehearse, paste, verify, paste again and try the cells of the access matrix.

    ``tell`` hears of each step as it begins.

    Raises ServerUnavailable where no PostgreSQL of a major the bundle allows can be had.
    """
    tell("starting a private PostgreSQL")
    with start(bundle.manifest.postgres) as server:
        return prove_on(server, bundle, history, tell, cells)


def prove_on(
    server: Server,
    bundle: Bundle,
    history: Sequence[Source],
    tell: Callable[[str], None],
    cells: Sequence[Cell] = (),
) -> Proof:
    """The same on a server that runs already, in a database of its own."""
    steps: list[Step] = []
    results: dict[str, str] = {}
    manifest = bundle.manifest
    with server.database(platform=manifest.platform == "supabase") as database:
        for source in history:
            tell(f"applying {source.path}")
            refused = [answer.error for answer in editor.run_psql(database.dsn(), source.text) if answer.error]
            seen = editor.error_text(refused[0]).partition("\n")[0] if refused else "applied"
            steps.append(Step(name=source.path, ok=not refused, seen=seen))

        def paste(name: str, text: str, expected: Decision) -> list[dict[str, object]]:
            tell(f"pasting {name}")
            result = editor.run(database.dsn(), text)
            shown = editor.error_text(result.error) if result.error else editor.export(result.rows, "json")
            judgement = judge(manifest, grid.read(shown))
            steps.append(Step(name=name, ok=judgement.decision is expected, seen=_seen(judgement)))
            return [] if result.error else result.rows

        paste("dry-run.sql", bundle.files["dry-run.sql"], Decision.NO_EVIDENCE)
        for name in ("bundle.sql", "verify.sql"):
            rows = paste(name, bundle.files[name], _accepted(bundle))
            for form, old in EXPORTS if rows else ():
                text = editor.export(rows, form, old=old)
                results[_result_name(name, form, old=old)] = text
                judgement = judge(manifest, grid.read(text))
                label = f"{name}, its {'older ' if old else ''}{form} export"
                steps.append(Step(name=label, ok=judgement.decision.accepted, seen=_seen(judgement)))
        if any(migration.registered for migration in manifest.migrations):
            paste("bundle.sql again", bundle.files["bundle.sql"], Decision.ROLLED_BACK)
        if cells:
            tell("trying who may do what")
            steps.append(_access(database, cells))
        stubs = _stubs(server, database)
    return Proof(server=server.version, steps=tuple(steps), results=results, stubs=stubs)


def cells_of(project: Project) -> list[Cell]:
    """Who may do what with the tables that the bundle is about."""
    from ..checks.access import ROLES, concerned, matrix, unknown_roles
    from ..checks.lint import simulated
    from ..checks.schema import Schema

    schema = Schema(project, simulated(project), project.target)
    tables = concerned(schema)
    roles = [role for role in ROLES if not unknown_roles(schema, [role])]
    return matrix(schema, roles, tables) if tables else []


def _access(database: Database, cells: Sequence[Cell]) -> Step:
    """Try the cells of the access matrix on made rows."""
    from ..checks.matrix import proof

    with database.connect(SUPERUSER) as connection:
        outcomes = proof.prove(connection, cells)
    wrong = [each for each in outcomes if each.verdict == proof.DIFFERS]
    numbers = proof.tally(outcomes)
    seen = f"{numbers[proof.AGREED]} of {len(outcomes)} cells agree, {numbers[proof.UNTRIED]} could not be tried"
    if wrong:
        first = wrong[0]
        cell = f"{first.cell.role} {first.cell.command} {first.cell.access} of {first.cell.table}"
        seen = f"{len(wrong)} of {len(outcomes)} cells are wrong, a fault of pasteproof: {cell}, but {first.said}"
    return Step(name="access", ok=not wrong, seen=seen)


def _stubs(server: Server, database: Database) -> tuple[str, ...]:
    """The extensions in use that this server has only in name."""
    with database.connect() as connection:
        used = {name for (name,) in connection.execute("select extname from pg_catalog.pg_extension")}
    return tuple(name for name in server.stubs if name in used)


def _accepted(bundle: Bundle) -> Decision:
    waived = any(finding.waived for finding in bundle.manifest.findings)
    return Decision.ACCEPTED_WITH_WAIVERS if waived else Decision.ACCEPTED


def _seen(judgement: Judgement) -> str:
    if judgement.error is not None:
        return judgement.error.message
    return f"{judgement.decision.value.replace('_', ' ')} ({judgement.says})"


def _result_name(paste: str, form: str, *, old: bool) -> str:
    ending = {"json": "json", "csv": "csv", "markdown": "md"}[form]
    return f"{paste.removesuffix('.sql')}-result{'-older' if old else ''}.{ending}"
