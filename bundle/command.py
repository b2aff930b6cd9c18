"""What the commands ``schema render``, ``report`` and ``prove`` do: each returns its exit code."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from ..checks.commands.rules import FAILED, FOUND, OK, tell, unknown, written

if TYPE_CHECKING:
    from ..checks.finding import Finding
    from ..schema.project import Project
    from .render import Bundle


def render(project: Project, *, output: Path, language: str, on_failure: str, allow_findings: bool) -> int:
    """Render the bundle of the chosen migrations into a folder."""
    from .render import write

    bundle = _rendered(project, language, on_failure=on_failure, allow_findings=allow_findings)
    if bundle is None:
        return FAILED
    if isinstance(bundle, int):
        return bundle
    try:
        replaced = write(bundle, output)
    except OSError as error:
        return tell(f"{output} cannot be written: {error.strerror or error}; no file of it was changed")
    if replaced:
        tell(f"{len(replaced)} files of an earlier bundle in {output} were replaced")
    lines = [
        f"Bundle {bundle.manifest.bundle}: {len(bundle.manifest.checks)} checks",
        *(f"  of {migration.file}" for migration in bundle.manifest.migrations),
        *(f"  {output / name}" for name in bundle.files),
        f"Next: read {output / 'QUICK_START.md'}",
    ]
    return written("\n".join(lines) + "\n", None)


def report(folder: Path, results: Sequence[str], *, output: Path | None) -> int:
    """Judge pasted results against a bundle's manifest and write the filled-in report."""
    from ..checks.secrets import hidden
    from ..schema.snapshots import grid
    from .documents import report as document
    from .documents import summary
    from .evidence import judge, overall
    from .manifest import ManifestError
    from .manifest import read as read_manifest
    from .render import write_whole

    path = folder / "manifest.json" if folder.is_dir() else folder
    try:
        manifest = read_manifest(path.read_bytes())
    except OSError as error:
        return tell(f"{path} cannot be read: {error.strerror}; give the folder that schema render wrote")
    except ManifestError as error:
        return tell(f"{path} {error}")
    judged = []
    unread = False
    for name in results or ("-",):
        shown = "stdin" if name == "-" else os.fsencode(name).decode(errors="replace")
        try:
            data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
            result = grid.read(data.decode())
            if isinstance(result, grid.ServerError):
                result = grid.read(hidden(data.decode()))  # a server repeats the text that it refuses
        except OSError as error:
            unread = tell(f"{shown} cannot be read: {error.strerror}") == FAILED
        except UnicodeDecodeError as error:
            unread = tell(f"{shown} is not UTF-8 (offset {error.start}): copy the result again as JSON") == FAILED
        except grid.GridError as error:
            unread = tell(f"{shown} is no result of a paste: {error}") == FAILED
        else:
            judged.append((Path(shown).name, hashlib.sha256(data).hexdigest(), judge(manifest, result)))
    if not judged:
        return FAILED
    decision = overall([judgement for _, _, judgement in judged])
    target = output or path.parent / "REPORT.md"
    existed = target.exists()
    try:
        write_whole(target, hidden(document(manifest, judged, manifest.language)))
    except OSError as error:
        return tell(f"{target} cannot be written: {error.strerror or error}")
    if existed:
        tell(f"{target} was replaced")
    if written(f"{hidden(summary(manifest, decision))}{target}\n", None) == FAILED or unread:
        return FAILED
    return OK if decision.decision.accepted else FOUND


def prove(project: Project, *, output: Path | None, language: str, allow_findings: bool) -> int:
    """Render, paste into a private PostgreSQL, verify and judge; keep the results where a folder is named."""
    from ..connect.server import ServerUnavailable
    from .prove import cells_of
    from .prove import prove as run
    from .render import write_whole

    bundle = _rendered(project, language, on_failure="abort", allow_findings=allow_findings)
    if bundle is None:
        return FAILED
    if isinstance(bundle, int):
        return bundle
    try:
        proof = run(bundle, [migration.source for migration in project.applied], _progress, cells_of(project))
    except ServerUnavailable as error:
        return tell(f"not proven: {error}")
    finally:
        _progress("")
    lines = [f"PostgreSQL {proof.server}, bundle {bundle.manifest.bundle}"]
    if proof.stubs:
        lines.append(f"stubs stand for these extensions: {', '.join(proof.stubs)}")
    lines += [f"  {'ok ' if step.ok else 'NOT'}  {step.name}: {step.seen}" for step in proof.steps]
    lines.append("proven" if proof.ok else "not proven")
    if output is not None:
        try:
            output.mkdir(parents=True, exist_ok=True)
            for name, text in proof.results.items():
                write_whole(output / name, text)
        except OSError as error:
            return tell(f"{output} cannot be written: {error.strerror or error}")
    if written("\n".join(lines) + "\n", None) == FAILED:
        return FAILED
    return OK if proof.ok else FOUND


def _rendered(project: Project, language: str, *, on_failure: str, allow_findings: bool) -> Bundle | int | None:
    """The bundle, or the exit code of why there is none: findings (1), or what cannot be rendered at all (2)."""
    from ..checks.finding import Level
    from ..checks.lint import Options as LintOptions
    from ..checks.lint import lint, simulated
    from ..checks.rule import UnknownRuleError
    from .render import Options
    from .render import render as run

    if project.problems:  # what cannot be read may decide what the rest makes
        return None
    chosen = [migration for migration in project.pending if migration.selected]
    if not chosen:
        tell("there is nothing to render: every migration is before applied_until, or none was named")
        return OK if project.migrations else None
    if len(chosen) < len(project.pending):
        project = project.only(chosen)
    simulation = simulated(project)
    try:
        report = lint(project, LintOptions(), simulation)
    except UnknownRuleError as error:
        unknown(error)
        return None
    blocking = [finding for finding in report.findings if finding.level is Level.ERROR]
    final = [finding for finding in blocking if finding.rule in _NEVER_ALLOWED]
    if final or (blocking and not allow_findings):
        for finding in final or blocking:
            _tell_finding(finding)
        tell(
            "no bundle was written: mend these, waive them in schema.yaml with a reason, or see schema lint"
            + ("" if final else "; --allow-findings renders all the same and lists them in the documents")
        )
        return FOUND
    bundle = run(
        project,
        simulation,
        chosen,
        [*((finding, None) for finding in blocking), *report.waivers],
        options=Options(language=language, on_failure=on_failure),
        tool=version("pasteproof"),
    )
    if isinstance(bundle, list):
        for obstacle in bundle:
            tell(f"{obstacle.file}:{obstacle.line}:{obstacle.column}: {obstacle.reason} ({obstacle.remedy})")
        tell("no bundle was written")
        return None
    return bundle


# A bundle that holds a secret would carry it away; one that the server refuses cannot be pasted.
_NEVER_ALLOWED = frozenset({"secret_in_sql", "statement_rejected", "missing_object", "object_exists"})


def _tell_finding(finding: Finding) -> None:
    place = finding.location
    where = f"{place.file}:{place.line}:{place.column}: " if place else ""
    tell(f"{where}{finding.level.name} {finding.rule}: {finding.message}")


def _progress(step: str) -> None:
    """One line on a terminal, written over itself; nothing elsewhere."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{step + ' ...' if step else ''}")
        sys.stderr.flush()
