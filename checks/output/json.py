"""Findings for machines: one JSON document, version 1."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from ..finding import Level
from .terminal import escape_json

if TYPE_CHECKING:
    from ..lint import Report


def render(report: Report) -> str:
    """Print a report as JSON; lines and columns count from 1, columns in characters, ends are exclusive."""
    document = {
        "version": 1,
        "findings": report.findings,
        "summary": {
            "findings": len(report.findings),
            "errors": report.count(Level.ERROR),
            "warnings": report.count(Level.WARN),
            "infos": report.count(Level.INFO),
            "files": report.files,
            "history": report.history,
            "suppressed": report.suppressed,
            "waived": report.waived,
            "unreadable": report.unreadable,
        },
    }
    return escape_json(msgspec.json.format(msgspec.json.encode(document), indent=2).decode()) + "\n"
