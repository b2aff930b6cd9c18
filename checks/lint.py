"""Linting a project: every rule asked, and what is left when the judged and the old is taken out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec.structs import replace

from ..schema.catalog import Object
from ..schema.changed import Changed, Revision, changed, touched
from ..schema.difference import Difference
from ..schema.garbage import uncollected
from ..schema.source import Source, Statement
from ..schema.spec import Target
from ..schema.stating.section import place_of
from .cause import Cause, cause_of, matched, reasoned
from .draft import EVENTS, Draft, Scope, drafted
from .finding import Finding, Level
from .rule import Check, Fault, Profile, Rule, UnknownRuleError, concerning, rule_named, rules
from .schema import Schema
from .secrets import Masks
from .suppression import Suppression, unmatched, waived, written

if TYPE_CHECKING:
    from datetime import date

    from ..schema.project import Project
    from ..schema.simulate import Simulation
    from ..schema.spec import Lint


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """What a run is limited to: rules by name, files as shown; ``everything`` shows the history's findings too.

    ``profile`` and ``ignore`` go before, and with, what schema.yaml says; ``select`` asks these rules alone. What
    ``since``, an earlier state of the project, had found already is not told, nor what the ``baseline`` knows.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    profile: Profile | None = None
    files: frozenset[str] | None = None
    everything: bool = False
    today: date | None = None
    since: Earlier | None = None
    baseline: Counter[Cause] | None = None


class Earlier(msgspec.Struct, frozen=True):
    """A project as a git revision has it, and what its migrations make there (None: what the simulation says)."""

    revision: Revision
    simulation: Simulation | None = None


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome: the findings to be told, by place, and how many are not told, and why."""

    findings: tuple[Finding, ...]
    history: int  # in files that were applied, and hidden
    ignored: tuple[tuple[Finding, str], ...]  # findings that comments suppress, with their reasons
    waivers: tuple[tuple[Finding, str], ...]  # findings that schema.yaml waives, with its reasons
    files: int
    unreadable: int
    sources: dict[str, Source]
    masks: Masks
    pending: int | None = None  # files that were not applied, where schema.yaml says how far the database is
    since: str | None = None  # the revision whose findings are not told
    touched: int | None = None  # migrations that are other than they were there, or new
    old: int = 0  # findings that it had
    known: int | None = None  # findings of the baseline, where there is one
    gone: tuple[Cause, ...] = ()  # what the baseline knows and is not found any more
    last: str | None = None  # the file that runs last, where it is still to be run: what mends can be added to it

    @property
    def suppressed(self) -> int:
        """How many findings comments suppress."""
        return len(self.ignored)

    @property
    def waived(self) -> int:
        """How many findings schema.yaml waives."""
        return len(self.waivers)

    def count(self, level: Level) -> int:
        """How many findings are of this level."""
        return sum(finding.level is level for finding in self.findings)

    def fails(self, threshold: Level) -> bool:
        """Whether any finding is at or above the threshold."""
        return any(threshold <= finding.level for finding in self.findings)


def chosen(options: Options, settings: Lint) -> list[Rule]:
    """Choose the rules to ask; raises UnknownRuleError for a name that no rule has.

    Those that ``select`` names, whatever schema.yaml ignores; else those of the profile, and those that schema.yaml
    gives a severity.
    """
    dropped = {rule_named(name) for name in (*options.ignore, *(() if options.select else settings.ignore))}
    if options.select:
        wanted = list(dict.fromkeys(map(rule_named, options.select)))
    else:
        profile = options.profile or settings.profile
        wanted = [
            rule for rule in rules().values() if profile in {"pedantic", rule.profile} or rule.name in settings.severity
        ]
    return [rule for rule in wanted if rule not in dropped]


def simulated(project: Project) -> Simulation:
    """Run a project's migrations through the simulator, on the platform they are for."""
    from ..schema.simulate import platform_catalog, simulate

    target = project.target
    return simulate(
        platform_catalog(platform=target.platform, default_grants=target.default_grants or "exposed"),
        [migration.source for migration in project.applied],
        [migration.source for migration in project.pending],
        external=project.external,
    )


def lint(project: Project, options: Options, simulation: Simulation | None = None) -> Report:
    """Ask every rule of a project; raises UnknownRuleError for a rule that there is not."""
    with uncollected():
        return _lint(project, options, simulation)


def _lint(project: Project, options: Options, simulation: Simulation | None) -> Report:
    settings = project.spec.lint
    _require_rules(settings)
    asked = chosen(options, settings)
    since = options.since
    changes = changed(since.revision, project) if since else ()
    schema = Schema(project, simulation or simulated(project), project.target, changes=changes)
    kept, taken = _kept(schema, asked, options)
    order = {migration.source.path: number for number, migration in enumerate(project.migrations)}
    kept.sort(key=lambda draft: _by_place(draft.finding, order))
    new = kept if options.everything else _new(kept, asked, schema)
    old = _among(kept, new, _earlier(since, asked, options, settings), reasoned) if since else []
    told = _without(new, old)
    known = _among(kept, told, options.baseline, cause_of) if options.baseline else []
    told = _without(told, known)
    words = schema.masks.words
    shown = [draft.finding for draft in told if _wanted(draft, options.files)]
    return Report(
        findings=tuple(shown),
        history=sum(_wanted(draft, options.files) for draft in _without(kept, new)),
        ignored=tuple((finding, words(by.reason)) for finding, by in taken if not by.waiver),
        waivers=tuple((finding, words(by.reason)) for finding, by in taken if by.waiver),
        files=len(project.migrations if options.files is None else options.files),
        unreadable=len(project.problems),
        sources=_sources(project),
        masks=schema.masks,
        pending=len(project.pending) if project.spec.applied_until else None,
        since=since.revision.name if since else None,
        touched=touched(since.revision, project) if since else None,
        old=sum(_wanted(draft, options.files) for draft in old),
        known=None if options.baseline is None else sum(_wanted(draft, options.files) for draft in known),
        gone=_gone(options.baseline, kept, asked) if options.baseline else (),
        last=next((each.source.path for each in project.migrations[-1:] if not each.applied), None),
    )


def _kept(
    schema: Schema, asked: Collection[Rule], options: Options
) -> tuple[list[Draft], list[tuple[Finding, Suppression]]]:
    """Everything that the rules find and nobody has judged, and what was taken out by whom."""
    project, settings = schema.project, schema.project.spec.lint
    drafts = [drafted(rule, fault, schema, scope) for rule, fault, scope in _faults(asked, schema)]
    if settings.per_file_ignore:
        relative = _relative(project)
        drafts = [draft for draft in drafts if not _ignored_in_file(draft.finding, settings, relative)]
    kept, taken, unused = _judged(drafts, _suppressions(schema, asked, options))
    kept += [drafted(rule, fault, schema, Scope.TEXT) for rule, fault in _about_suppressions(asked, unused, schema)]
    return kept, taken


def _earlier(since: Earlier, asked: Collection[Rule], options: Options, settings: Lint) -> Counter[Cause]:
    """The causes of what the same rules find at a revision, under the settings of now; its history included."""
    project = since.revision.project
    project = replace(project, spec=replace(project.spec, lint=settings))
    schema = Schema(project, since.simulation or simulated(project), project.target)
    return Counter(draft.cause for draft in _kept(schema, asked, options)[0])


def _among(kept: list[Draft], told: list[Draft], known: Counter[Cause], by: Callable[[Finding], Cause]) -> list[Draft]:
    """Those of ``told`` that are known; what is not told is the first to be taken for known."""
    hidden = _without(kept, told)
    found = matched(((draft, by(draft.finding)) for draft in (*hidden, *told)), known)
    return _without(found, hidden)


def _without(drafts: list[Draft], others: list[Draft]) -> list[Draft]:
    left_out = set(map(id, others))
    return [draft for draft in drafts if id(draft) not in left_out]


def _gone(baseline: Counter[Cause], kept: list[Draft], asked: Collection[Rule]) -> tuple[Cause, ...]:
    """What a baseline knows of these rules and is not found any more."""
    names = {rule.name for rule in asked}
    left = baseline - Counter(cause_of(draft.finding) for draft in kept)
    return tuple(sorted(cause for cause in left if cause.rule in names))


def _faults(asked: Collection[Rule], schema: Schema, *, states: bool = False) -> Iterator[tuple[Rule, Fault, Scope]]:
    """Call every check with everything it is about; with ``states`` those about objects alone."""
    checks: dict[type[Any], list[tuple[Rule, Check]]] = {}
    for rule in asked:
        for check in rule.checks:
            checks.setdefault(check.about, []).append((rule, check))
    if not states:
        yield from _about_texts(checks.pop(Source, []), checks.pop(Statement, []), schema)
    for about, called in checks.items():
        if issubclass(about, Object):
            scope = Scope.STATE
            subjects: Iterable[Any] = (o for o in schema.catalog.of(about) if o.origin in {"made", "external"})
        elif not states:
            scope = Scope.PROJECT if about in {Target, Difference, Changed} else Scope.TEXT
            subjects = _subjects(about, schema)
        else:
            continue
        put_to = concerning(called)
        for subject in subjects:
            for rule, check in put_to(subject):
                for fault in check.function(subject, schema):
                    yield rule, fault, scope


def _about_texts(
    about_files: Collection[tuple[Rule, Check]], about_statements: Collection[tuple[Rule, Check]], schema: Schema
) -> Iterator[tuple[Rule, Fault, Scope]]:
    """Call the checks about files and statements, one file after the other: so each is read again but once."""
    by_node: dict[str, list[tuple[Rule, Check]]] = {}
    for rule, check in about_statements:
        for kind in check.kinds or ("",):
            by_node.setdefault(kind, []).append((rule, check))
    everywhere = by_node.pop("", [])
    by_node = {kind: [*everywhere, *called] for kind, called in by_node.items()}
    for source in schema.sources:
        statements = schema.statements_of[source.path]
        for rule, check in about_files:
            for fault in check.function(source, schema):
                yield rule, fault, Scope.TEXT
        for statement in statements:
            for rule, check in by_node.get(statement.kind, everywhere):
                for fault in check.function(statement, schema):
                    yield rule, fault, Scope.TEXT


def _subjects(about: type[Any], schema: Schema) -> Iterable[Any]:
    if about in EVENTS:
        return (event for event in schema.simulation.events if isinstance(event, about))
    if about is Target:
        return (schema.target,)
    if about is Difference:
        return schema.differences
    if about is Changed:
        return schema.changes
    return ()  # Suppression: asked when all else is known


def _require_rules(settings: Lint) -> None:
    """Raise UnknownRuleError for a rule that schema.yaml names and that there is not."""
    named = [
        *settings.ignore,
        *settings.severity,
        *(name for names in settings.per_file_ignore.values() for name in names),
    ]
    for name in named:
        if name not in rules():
            raise UnknownRuleError(name, place_of(name))


def _relative(project: Project) -> dict[str, str]:
    """The paths of the migrations from the project's root, by those that are shown."""
    return {migration.shown: migration.relative for migration in project.migrations}


def _ignored_in_file(finding: Finding, settings: Lint, relative: dict[str, str]) -> bool:
    """Whether schema.yaml does not ask the rule in the finding's file; its paths are relative to itself."""
    if finding.location is None:
        return False
    file = relative.get(finding.location.file, finding.location.file)
    return any(
        finding.rule in names and fnmatchcase(file, pattern) for pattern, names in settings.per_file_ignore.items()
    )


def _suppressions(schema: Schema, asked: Collection[Rule], options: Options) -> list[Suppression]:
    """All suppressions that are to be judged in this run: those of rules that are asked, and broken ones."""
    pieces: dict[str, list[Any]] = {path: list(found) for path, found in schema.statements_of.items()}
    for rejected in schema.simulation.rejected:
        pieces.setdefault(rejected.source.path, []).append(rejected)
    found = [each for source in schema.sources for each in written(source, pieces.get(source.path, ()))]
    found += unmatched(schema.project.spec.lint.per_file_ignore, _relative(schema.project).values())
    if schema.project.spec.waivers:
        from datetime import datetime

        today = options.today or datetime.now().astimezone().date()
        found += waived(schema.project.spec.waivers, today)
    names = {rule.name for rule in asked}
    return [each for each in found if each.rule in names or each.problem]


def _judged(
    drafts: list[Draft], suppressions: list[Suppression]
) -> tuple[list[Draft], list[tuple[Finding, Suppression]], list[Suppression]]:
    """Take out what a reader has judged; returns the rest, what was taken by whom, and what suppressed nothing."""
    if not suppressions:
        return drafts, [], []
    used: set[int] = set()
    kept: list[Draft] = []
    taken: list[tuple[Finding, Suppression]] = []
    for draft in drafts:
        covering = [n for n, each in enumerate(suppressions) if each.covers(draft.finding, draft.places)]
        used.update(covering)
        if covering:
            taken.append((draft.finding, suppressions[covering[0]]))
        else:
            kept.append(draft)
    return kept, taken, [each for n, each in enumerate(suppressions) if n not in used]


def _about_suppressions(
    asked: Collection[Rule], unused: Collection[Suppression], schema: Schema
) -> Iterator[tuple[Rule, Fault]]:
    for rule in asked:
        for check in rule.checks:
            if check.about is Suppression:
                for suppression in unused:
                    for fault in check.function(suppression, schema):
                        yield rule, fault


def _new(drafts: list[Draft], asked: Collection[Rule], schema: Schema) -> list[Draft]:
    """Leave out the findings of history.

    A finding about a statement is history where its file was applied. One about the state of an object is
    where the state before the files that were not applied had it already: a new statement can spoil an old
    object.
    """
    applied = {migration.source.path for migration in schema.project.applied}
    if not applied:
        return drafts
    concerned = {draft.finding.rule for draft in drafts if draft.scope is Scope.STATE}
    before = schema.before()
    old = {
        drafted(rule, fault, before, scope).cause
        for rule, fault, scope in _faults([rule for rule in asked if rule.name in concerned], before, states=True)
    }

    def is_history(draft: Draft) -> bool:
        if draft.scope is Scope.STATE:
            return draft.cause in old
        place = draft.finding.location
        return draft.scope is Scope.TEXT and place is not None and place.file in applied

    return [draft for draft in drafts if not is_history(draft)]


def _wanted(draft: Draft, files: frozenset[str] | None) -> bool:
    """Whether a finding has a place in the files that are asked for; one without a place is everybody's."""
    return files is None or not draft.places or any(place.file in files for place in draft.places)


def _by_place(finding: Finding, order: dict[str, int]) -> tuple[Any, ...]:
    place = finding.location
    if place is None:
        return (-1, "", 0, 0, finding.rule, finding.message)
    return (order.get(place.file, len(order)), place.file, place.line, place.column, finding.rule, finding.message)


def _sources(project: Project) -> dict[str, Source]:
    """The texts that findings point into."""
    sources = {source.path: source for source in project.declared}
    sources |= {migration.source.path: migration.source for migration in project.migrations}
    if project.spec_source is not None:
        sources[project.spec_source.path] = project.spec_source
    return sources
