"""Findings as GitHub Actions shows them: annotations, one workflow command a line.

https://docs.github.com/actions/reference/workflow-commands-for-github-actions. GitHub shows ten annotations of each
level for a step; the summary of the step has them all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..finding import Level
from .places import place_of
from .terminal import printable
from .text import summary
from .wording import explained

if TYPE_CHECKING:
    from ..finding import Finding
    from ..lint import Report

_WORDS = {Level.ERROR: "error", Level.WARN: "warning", Level.INFO: "notice"}
_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = _DATA | str.maketrans({":": "%3A", ",": "%2C"})


def render(report: Report) -> str:
    """Print the annotations, the gravest first, and the count."""
    findings = sorted(report.findings, key=lambda finding: -list(Level).index(finding.level))
    return "".join(f"{_command(finding, report)}\n" for finding in findings) + f"{summary(report)}\n"


def _command(finding: Finding, report: Report) -> str:
    place = place_of(finding, report)
    properties = {"file": place.file, "line": place.line, "endLine": place.end_line}
    if place.end_line == place.line and place.end_column > place.column:  # GitHub takes columns of one line alone
        properties |= {"col": place.column, "endColumn": place.end_column}
    properties["title"] = finding.rule
    told = ",".join(f"{name}={printable(str(value)).translate(_PROPERTY)}" for name, value in properties.items())
    return f"::{_WORDS[finding.level]} {told}::{explained(finding).translate(_DATA)}"
