"""What the command ``schema lint`` does: it returns its exit code."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from ..finding import Level
from ..rule import Profile, UnknownRuleError
from .rules import FAILED, FOUND, OK, tell, unknown, unreadable, written

if TYPE_CHECKING:
    from collections import Counter

    from ...schema.project import Project
    from ..cause import Cause
    from ..lint import Earlier, Options, Report


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """What the user asked for, option by option.

    ``form`` is None where none was named; ``paths`` are those of the command line, as seen from ``directory``.
    """

    form: str | None = None
    output: Path | None = None
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    profile: Profile | None = None
    fail_on: str = "WARN"
    everything: bool = False
    since: str | None = None
    baseline: Path | None = None
    write_baseline: bool = False
    statistics: bool = False
    color: str = "auto"
    exact: bool = False
    dsn: str | None = None
    directory: Path = Path()
    paths: tuple[str, ...] = ()


class _UnavailableError(Exception):
    """What a run is to be compared with cannot be had."""


def lint(project: Project, choice: Choice) -> int:
    """Lint a project and print the report, or write its baseline."""
    from ...schema.garbage import unfreed
    from ..lint import lint as run
    from .reading import simulation_of, without_secrets

    if unreadable(project):
        return FAILED
    if not any(migration.selected for migration in project.migrations):
        return FAILED  # the problems say why; a report would look like an all clear
    if project.spec_path is None:
        tell("no schema.yaml was found: the rules alone are asked")
    try:
        known = _baseline(choice)
        options = _options(project, choice, None if choice.write_baseline else known)
        simulation = simulation_of(project, exact=choice.exact, dsn=choice.dsn)
        if simulation is None:
            return FAILED
        report = run(project, options, simulation)
        unfreed(simulation, report)
        if choice.dsn is not None:
            report = without_secrets(report)
    except UnknownRuleError as error:
        return unknown(error)
    except _UnavailableError as error:
        return tell(str(error))
    if choice.write_baseline:
        return _write_baseline(project, choice, options, report, known)
    first_look = project.spec_path is None
    if _print(report, choice, first_look=first_look) == FAILED or project.problems:
        return FAILED
    return FOUND if report.fails(Level(choice.fail_on.upper())) else OK


def _options(project: Project, choice: Choice, baseline: Counter[Cause] | None) -> Options:
    from ..lint import Options

    selected = frozenset(migration.shown for migration in project.migrations if migration.selected)
    return Options(
        select=_names(choice.select),
        ignore=_names(choice.ignore),
        profile=choice.profile,
        files=None if len(selected) == len(project.migrations) else selected,
        everything=choice.everything,
        since=_earlier(project, choice, choice.since) if choice.since is not None else None,
        baseline=baseline,
    )


def _names(given: Sequence[str]) -> tuple[str, ...]:
    """Rule names, each of which may be a list with commas."""
    return tuple(name.strip() for each in given for name in each.split(",") if name.strip())


# -- what is not new -------------------------------------------------------------------------------------------


def _earlier(project: Project, choice: Choice, since: str) -> Earlier:
    """The project as a git revision has it; what cannot be read of it is told."""
    from ...schema.revision import RevisionError, at_revision
    from ..lint import Earlier
    from .reading import simulation_of

    try:
        revision = at_revision(project, choice.directory, since, choice.paths)
    except RevisionError as error:
        raise _UnavailableError(f"--since {since}: {error}") from None
    for problem in revision.project.problems:
        tell(f"at {since}: {problem.path}: {problem.message}")
    if not choice.exact:
        return Earlier(revision)
    simulation = simulation_of(revision.project, exact=True)
    if simulation is None:
        raise _UnavailableError(f"--since {since}: the migrations of that revision cannot be applied")
    return Earlier(revision, simulation)


def _baseline(choice: Choice) -> Counter[Cause] | None:
    """What the baseline knows; one that is to be written need not be there."""
    path = choice.baseline
    if path is None or (choice.write_baseline and not path.exists()):
        return None
    from ..baseline import BaselineError, read

    try:
        return read(path)
    except BaselineError as error:
        raise _UnavailableError(str(error)) from None


def _write_baseline(
    project: Project, choice: Choice, options: Options, report: Report, known: Counter[Cause] | None
) -> int:
    """Write what is found into the baseline; what it knows of rules that were not asked stays."""
    from collections import Counter

    from ..baseline import of_others, printed
    from ..cause import cause_of
    from ..lint import chosen
    from ..words import counted

    if project.problems:
        return tell("the baseline is not written: what could not be read would be missing in it")
    path = choice.baseline or Path()
    asked = {rule.name for rule in chosen(options, project.spec.lint)}
    before = known if known is not None else Counter()
    found = Counter(map(cause_of, report.findings))
    others = of_others(before, asked)
    if written(printed(report.findings, others), path) == FAILED:
        return FAILED
    was = before - others
    new, gone = (found - was).total(), (was - found).total()
    tell(f"{path}: {counted(found.total() + others.total(), 'finding')} written, {new} new, {gone} gone")
    return OK


# -- printing --------------------------------------------------------------------------------------------------


def _print(report: Report, choice: Choice, *, first_look: bool) -> int:
    """Print the report in its form; in GitHub Actions, where none was named, as annotations and a summary, too.

    ``first_look``: nothing says yet what counts; a long text is then one of counts, unless all of it is asked for.
    """
    from ..output import actions, render, terminal

    color = choice.color == "always" if choice.output else terminal.wants_color(choice.color, sys.stdout)
    if choice.statistics:
        from ..output import statistics

        return written(statistics.render(report, choice.form or "text", color=color), choice.output)
    form = choice.form or "text"
    in_actions = choice.output is None and (form == "github" or (choice.form is None and actions.is_running()))
    seen = report
    if in_actions or form not in {"text", "json"}:
        from ..output.places import from_top

        seen = from_top(report, choice.directory)
    text = render(form, report if form == "text" else seen, color=color, room=terminal.columns())
    if first_look and not in_actions and not _asks_for_all(choice):
        from ..output import brief

        text = brief.render(report, color=color, room=terminal.columns()) if brief.is_long(text) else text
    if in_actions:
        text = text if choice.form else actions.render(seen, text)
        try:
            actions.summarize(seen)
        except OSError as error:
            tell(f"the step's summary cannot be written: {error.strerror or error}")
    return written(text, choice.output)


def _asks_for_all(choice: Choice) -> bool:
    """Whether the user has said which findings, or in what form, so that they are to be shown."""
    named = (choice.everything, choice.form, choice.paths, choice.select, choice.since, choice.baseline, choice.output)
    return any(named)
