"""Bundles rendered, pasted as the SQL Editor does and judged: what the stories of this folder are told with."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from click.testing import CliRunner

from pasteproof.bundle.evidence import Judgement, judge
from pasteproof.bundle.render import Bundle, Options, render
from pasteproof.checks.lint import simulated
from pasteproof.cli import main
from pasteproof.connect import editor
from pasteproof.schema import live
from pasteproof.schema.project import Project, load
from pasteproof.schema.snapshots import grid

if TYPE_CHECKING:
    from pasteproof.connect.server import Database

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


def state(database: Database) -> list[tuple[Any, ...]]:
    """Everything the catalog says of the database, and the history of migrations."""
    with database.connect("supabase_admin") as connection:
        connection.execute("set search_path = ''")
        found: list[tuple[Any, ...]] = connection.execute(_STATE).fetchall()
        if connection.execute("select to_regclass('supabase_migrations.schema_migrations')").fetchone() != (None,):
            found += connection.execute(
                "select 'entry', to_jsonb(m)::text from supabase_migrations.schema_migrations m"
            ).fetchall()
    return found


_STATE = f"select kind, identity, parent, attributes::text from ({live.query()}) objects order by 1, 2"
