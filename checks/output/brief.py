"""A first look at a project that has no schema.yaml: a long report is a line a finding, or a line a rule.

The gravest come first; what is not shown is counted, and the last lines say how to see it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..finding import Level
from ..words import counted
from .terminal import Paint, first, last, printable, width
from .text import COLORS, summary

if TYPE_CHECKING:
    from ..finding import Finding
    from ..lint import Report

LINES = 20  # of a report that is no flood yet
_SINGLE = 12  # findings that have a line of their own
_SAID = 6  # findings that have another one, for what they say
_RULES = 10  # rules that have one, where there are more findings
_WORDS = {Level.ERROR: "error", Level.WARN: "warning", Level.INFO: "info"}
_GRAVEST = (Level.ERROR, Level.WARN, Level.INFO)


def is_long(text: str) -> bool:
    """Whether a report would be a flood to somebody who asks for the first time."""
    return text.count("\n") > LINES


def render(report: Report, *, color: bool = False, room: int = 80) -> str:
    """Count the findings, name each or each one's rule, and say how to see them whole."""
    paint = Paint(on=color)
    told = _findings(report, paint, room) if len(report.findings) <= _SINGLE else _rules(report, paint, room)
    lines = [
        summary(report),
        "",
        *told,
        "",
        "schema lint --all shows every one whole, --select RULE or a PATH some of them.",
        "schema init takes what is there as history: schema lint then tells what is new.",
    ]
    return "\n".join(lines) + "\n"


def _findings(report: Report, paint: Paint, room: int) -> Iterator[str]:
    names = max((len(finding.rule) for finding in report.findings), default=1)
    for finding in sorted(report.findings, key=lambda each: _GRAVEST.index(each.level)):
        word, middle = f"  {_WORDS[finding.level]:<7}", f"  {finding.rule:<{names}}  "
        left = room - width(word + middle)
        about = printable(finding.object.identity) + "  " if finding.object else ""
        about = about if width(about) <= left // 2 else ""
        place = _place(finding, left - width(about))
        yield f"{paint(word, COLORS[finding.level])}{middle}{about}{paint(place, 'dim')}".rstrip()
        if len(report.findings) <= _SAID:
            yield "           " + _clipped(printable(finding.message).partition("\n")[0], room - 11)


def _clipped(text: str, room: int) -> str:
    return text if width(text) <= room else first(text, room - 1) + "…"


def _rules(report: Report, paint: Paint, room: int) -> Iterator[str]:
    groups: dict[tuple[Level, str], list[Finding]] = {}
    for finding in report.findings:
        groups.setdefault((finding.level, finding.rule), []).append(finding)
    ranked = sorted(groups.items(), key=lambda each: (_GRAVEST.index(each[0][0]), -len(each[1]), each[0][1]))
    shown, rest = ranked[:_RULES], ranked[_RULES:]
    digits = max(len(str(len(findings))) for _, findings in shown)
    names = max(len(rule) for (_, rule), _ in shown)
    for (level, rule), findings in shown:
        word, middle = f"  {_WORDS[level]:<7}", f"  {len(findings):>{digits}}  {rule:<{names}}  "
        place = _place(findings[0], room - width(word + middle))
        yield f"{paint(word, COLORS[level])}{middle}{paint(place, 'dim')}".rstrip()
    if rest:
        number = sum(len(findings) for _, findings in rest)
        yield f"  and {counted(number, 'finding')} of {counted(len(rest), 'other rule')} (--statistics)"


def _place(finding: Finding, room: int) -> str:
    """Where a finding is; of a long path the file alone, of a long name its end."""
    at = finding.location
    if at is None:
        return ""
    for file in (at.file, at.file.rpartition("/")[2]):
        text = printable(f"{file}:{at.line}")
        if width(text) <= room:
            return text
    return "…" + last(text, max(room - 1, 8))
