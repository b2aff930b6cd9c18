"""Findings for GitLab's merge requests: a Code Quality report.

https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from ..cause import fingerprints
from ..finding import Level
from .places import place_of
from .terminal import escape_json, printable
from .wording import explained

if TYPE_CHECKING:
    from ..lint import Report

_SEVERITY = {Level.ERROR: "critical", Level.WARN: "major", Level.INFO: "info"}


def render(report: Report) -> str:
    """Print a report as one JSON list."""
    entries = []
    for finding, fingerprint in zip(report.findings, fingerprints(report.findings), strict=True):
        place = place_of(finding, report)
        entries.append(
            {
                "description": printable(finding.message),
                "check_name": finding.rule,
                "fingerprint": fingerprint,
                "severity": _SEVERITY[finding.level],
                "location": {"path": place.file, "lines": {"begin": place.line, "end": place.end_line}},
                "content": {"body": explained(finding)},
            }
        )
    return escape_json(msgspec.json.format(msgspec.json.encode(entries), indent=2).decode()) + "\n"
