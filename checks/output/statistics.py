"""How often each rule has found something, as text or JSON."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import msgspec

from ..finding import Level
from .terminal import Paint
from .text import COLORS, summary

if TYPE_CHECKING:
    from ..lint import Report


def render(report: Report, form: str = "text", *, color: bool = False) -> str:
    """Print the counts by rule and level, the most frequent first."""
    counts = Counter((finding.rule, finding.level) for finding in report.findings)
    rows = sorted(counts.items(), key=lambda row: (-row[1], row[0][0], -list(Level).index(row[0][1])))
    if form == "json":
        entries = [{"rule": rule, "level": level.value, "count": count} for (rule, level), count in rows]
        return msgspec.json.format(msgspec.json.encode({"version": 1, "statistics": entries}), indent=2).decode() + "\n"
    paint = Paint(on=color)
    widest = max((len(str(count)) for _, count in rows), default=0)
    lines = [
        f"{str(count).rjust(widest)}  {paint(level.value.ljust(5), COLORS[level])}  {rule}"
        for (rule, level), count in rows
    ]
    return "\n".join([*lines, *([""] if lines else []), summary(report)]) + "\n"
