"""Bundles rendered, pasted as the SQL Editor does and judged: what the stories of this folder are told with."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from click.testing import CliRunner

from pasteproof.bundle.evidence import Judgement, judge
from pasteproof.bundle.render import Bundle, Options, render
from pasteproof.checks.lint import simulated
from pasteproof.cli import main
from pasteproof.connect import editor
from pasteproof.schema import grid
from pasteproof.schema.project import Project, load

if TYPE_CHECKING:
    from pasteproof.connect.server import Database
    from pasteproof.schema.catalog import Catalog

EXAMPLE = Path(__file__).parents[2] / "examples" / "integration_logs_mended"
LANGUAGES = ("en", "ru")


def bundle_of(project: Project, *, language: str = "en", on_failure: str = "abort") -> Bundle:
    """The bundle of a project's pending migrations; there must be one."""
    options = Options(language=language, on_failure=on_failure)
    made = render(project, simulated(project), list(project.pending), [], options=options, tool="0.0.0")
    assert isinstance(made, Bundle), made
    return made


@cache
def example() -> Project:
    """The mended example, read once."""
    return load(EXAMPLE)


@cache
def example_bundle(language: str = "en", on_failure: str = "abort") -> Bundle:
    """The mended example's bundle, rendered once."""
    return bundle_of(example(), language=language, on_failure=on_failure)


def shown(result: editor.Result, form: editor.Format = "json", *, old: bool = False) -> str:
    """What whoever pasted can copy: the error, the rows in a form, or the message that there are none."""
    if result.error:
        return editor.error_text(result.error)
    return editor.export(result.rows, form, old=old) if result.rows else str(result.message)


def judged(bundle: Bundle, text: str) -> Judgement:
    """The decision on a copied text."""
    return judge(bundle.manifest, grid.read(text))


def pasted(database: Database, bundle: Bundle, name: str = "bundle.sql") -> Judgement:
    """One file of a bundle pasted as it is, and the decision on what came back."""
    return judged(bundle, shown(editor.run(database.dsn(), bundle.files[name])))


def refused(database: Database, text: str) -> editor.EditorError:
    """The error that a text meets; it must meet one."""
    error = editor.run(database.dsn(), text).error
    assert error is not None, "it ran"
    return error


def reported(folder: Path, *results: str | Path) -> tuple[int, str, str]:
    """`schema report` on these results: exit code, what it said, REPORT.md (empty where none was written)."""
    target = folder / "REPORT.md"
    target.unlink(missing_ok=True)
    said = CliRunner().invoke(main, ["report", str(folder), *map(str, results)], catch_exceptions=False)
    return said.exit_code, said.output, target.read_text("utf-8") if target.exists() else ""


def left(database: Database, catalog: Catalog) -> list[str]:
    """Relations, functions and entries of the history that are in the database and not in its baseline."""
    with database.connect("supabase_admin") as connection:
        rows = connection.execute(
            """
            select c.relname::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where n.nspname = 'public'
            union all
            select p.proname::text from pg_proc p join pg_namespace n on n.oid = p.pronamespace
            where n.nspname = 'public'
            union all
            select n.nspname::text from pg_namespace n where n.nspname = 'supabase_migrations'
            """
        ).fetchall()
    return sorted(name for (name,) in rows)
