"""Findings for a comment on a pull request, and for the summary of a CI run: Markdown of a limited size.

The first line is a mark by which the comment is found again. What does not fit is counted: first the details of the
least grave findings are left out, then their rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING

from ...schema.pattern import lazy
from ..finding import Level
from ..markdown import cell, code, fenced, plain, visible
from ..words import counted
from .places import place_of
from .text import summary

if TYPE_CHECKING:
    from ...schema.source import Location
    from ..finding import Finding
    from ..lint import Report

MARK = "<!-- pasteproof: schema lint -->"
COMMENT = 65_536  # what GitHub takes for a comment; in bytes, to be on the safe side of any way to count
SUMMARY = 1_000_000  # a step's summary may have 1 MiB

_SIGNS = {Level.ERROR: "\U0001f534 ERROR", Level.WARN: "\U0001f7e1 WARN", Level.INFO: "\U0001f535 INFO"}
_LIVE = lazy(r"(@|#|://|www\.|\bGH-)(?=\w)", re.IGNORECASE)  # what GitHub makes a mention or a link of
_RESERVE = 300  # for the sentence about what is left out
_ROWS = "| level | rule | where | what |\n|---|---|---|---|\n"


def render(report: Report, limit: int = COMMENT) -> str:
    """Print a report in at most so many bytes of UTF-8."""
    head = f"{MARK}\n### `schema lint`: {_dead(plain(summary(report)))}\n"
    findings = sorted(report.findings, key=lambda finding: -list(Level).index(finding.level))
    if not findings:
        return head
    room = limit - len(head.encode()) - _RESERVE
    rows = _fitting((_row(finding, report) for finding in findings), room - len(_ROWS) - 2)
    room -= len(_ROWS) + 2 + sum(len(row.encode()) for row in rows)
    details = _fitting((_details(finding, report) for finding in findings[: len(rows)]), room)
    parts = [head, "\n", _ROWS, *rows, "\n" if details else "", *details]
    if missing := _missing(len(findings), len(rows), len(details)):
        parts.append(f"\n{missing}\n")
    return "".join(parts)


def _fitting(texts: Iterable[str], room: int) -> list[str]:
    """As many of the first texts as there is room for."""
    fitting: list[str] = []
    for text in texts:
        room -= len(text.encode())
        if room < 0:
            break
        fitting.append(text)
    return fitting


def _missing(findings: int, rows: int, details: int) -> str:
    if rows < findings:
        return f"{counted(findings - rows, 'more finding')} did not fit in here: `schema lint` has them all."
    if details < findings:
        return f"The details of {counted(findings - details, 'finding')} did not fit in here: `schema lint` has them."
    return ""


def _row(finding: Finding, report: Report) -> str:
    place = place_of(finding, report)
    return f"| {_SIGNS[finding.level]} | {_rule(finding)} | {cell(_spot(place))} | {_said(finding.message)} |\n"


def _rule(finding: Finding) -> str:
    return f"[{finding.rule}]({finding.url})" if finding.url else finding.rule


def _details(finding: Finding, report: Report) -> str:
    place = place_of(finding, report)
    lines = [
        "<details>",
        f"<summary>{finding.rule}: <code>{_html(_spot(place))}</code></summary>",
        "",
        _said(finding.message),
        "",
    ]
    if finding.why:
        lines += ["**Why:**", "", *(f"- {_said(line)}" for line in finding.why), ""]
    if finding.related:
        lines += ["**See:**", ""]
        lines += [f"- {code(_spot(each.location))}: {_said(each.message)}" for each in finding.related]
        lines += [""]
    if finding.remedy:
        lines += [f"**Help:** {_said(finding.remedy.text)}", ""]
        if finding.remedy.sql:
            lines += [fenced(finding.remedy.sql, "sql"), ""]
    return "\n".join([*lines, "</details>", "", ""])


def _spot(place: Location) -> str:
    return f"{place.file}:{place.line}"


def _said(text: str) -> str:
    """Words of a finding on one line, in which no mark, mention or address has an effect."""
    return _dead(plain(text))


def _dead(text: str) -> str:
    return _LIVE.sub(r"\1<!-- -->", text)


def _html(text: str) -> str:
    return _dead(escape(visible(text)))
