"""Where findings are, for machines that look from the top of the repository."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import UNSET
from msgspec.structs import replace

from ...schema.source import Location

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..finding import Finding, Remedy
    from ..lint import Report


def top_of(directory: Path, environment: Mapping[str, str] = os.environ) -> Path:
    """The top of the repository that a directory is in; of an Actions run, its workspace; else the directory."""
    here = Path(os.path.realpath(directory))
    workspace = environment.get("GITHUB_WORKSPACE")
    if workspace and here.is_relative_to(os.path.realpath(workspace)):
        return Path(os.path.realpath(workspace))
    return next((folder for folder in (here, *here.parents) if (folder / ".git").exists()), here)


def from_top(report: Report, directory: Path, environment: Mapping[str, str] = os.environ) -> Report:
    """The same report with its files as seen from the top of the repository, instead of from the directory."""
    prefix = os.path.relpath(os.path.realpath(directory), top_of(directory, environment))
    if prefix == ".":
        return report

    def moved(file: str) -> str:
        return os.path.normpath(f"{prefix}/{file}").replace(os.sep, "/")

    return replace(
        report,
        findings=tuple(_moved(finding, moved) for finding in report.findings),
        waivers=tuple((_moved(finding, moved), reason) for finding, reason in report.waivers),
        ignored=tuple((_moved(finding, moved), reason) for finding, reason in report.ignored),
        sources={moved(file): source for file, source in report.sources.items()},
        last=moved(report.last) if report.last else None,
    )


def _moved(finding: Finding, moved: Callable[[str], str]) -> Finding:
    def there(place: Location) -> Location:
        return replace(place, file=moved(place.file))

    def remedied(remedy: Remedy) -> Remedy:
        if remedy.edit is UNSET:
            return remedy
        return replace(remedy, edit=replace(remedy.edit, location=there(remedy.edit.location)))

    return replace(
        finding,
        location=there(finding.location) if finding.location else None,
        related=tuple(replace(each, location=there(each.location)) for each in finding.related),
        remedy=remedied(finding.remedy) if finding.remedy else None,
    )


def place_of(finding: Finding, report: Report) -> Location:
    """Where a finding is; one that is nowhere is put at the head of schema.yaml, or of the first migration."""
    if finding.location is not None:
        return finding.location
    files = sorted(report.sources, key=lambda file: not file.endswith((".yaml", ".yml")))
    return Location(files[0] if files else "schema.yaml", 1, 1, 1, 1)
