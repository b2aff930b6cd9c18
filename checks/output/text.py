"""Findings for people: the place with a frame of its text, the reason, the remedy, and a summary last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..finding import Level
from ..words import counted
from .terminal import TAB, Paint, first, last, printable, width, wrapped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...schema.source import Location
    from ..finding import Finding
    from ..lint import Report

COLORS = {Level.ERROR: "red", Level.WARN: "yellow", Level.INFO: "cyan"}
_WORDS = {Level.ERROR: "error", Level.WARN: "warning", Level.INFO: "info"}
_MARGIN = 12  # columns kept before a place in a line that is cut
_NARROWEST = 20
_GONE = 10  # findings of a baseline that are named when they are gone


def render(report: Report, *, color: bool = False, room: int = 80) -> str:
    """Print a report, ``room`` columns wide; SQL that is to be pasted is never broken."""
    printer = _Printer(report, Paint(on=color), room)
    blocks = ["\n".join(printer.finding(finding)) for finding in report.findings]
    gone = ["\n".join(_gone(report, room))] if report.gone else []
    return "\n\n".join([*blocks, *gone, summary(report)]) + "\n"


def _gone(report: Report, room: int) -> Iterator[str]:
    """What the baseline can do without."""
    number = len(report.gone)
    yield f"{counted(number, 'finding')} of the baseline {'is' if number == 1 else 'are'} gone (--write-baseline):"
    for cause in report.gone[:_GONE]:
        about = f"  {cause.rule}: {printable(cause.object)}"
        yield about if width(about) <= room else first(about, room - 1) + "…"
    if number > _GONE:
        yield f"  and {number - _GONE} more"


def summary(report: Report) -> str:
    """Count what was found, and what is not shown: one line."""
    where = counted(report.files, "file")
    hidden = [
        f"{number} {what}"
        for number, what in (
            (report.history, "in history (--all)"),
            (report.suppressed, "suppressed by comments"),
            (report.waived, "waived"),
            (report.known, "in the baseline"),
            (report.unreadable, "could not be read"),
            (report.old, f"there at {printable(report.since or '')}"),
        )
        if number
    ]
    if report.pending == 0:
        hidden.append("every file has been applied, none is new")
    elif report.touched == 0:
        hidden.append("no file is new or changed")
    new = "new " if report.since is not None else ""
    if not report.findings:
        said = f"no {new}findings in {where}"
    else:
        counts = (
            counted(number, word)
            for level, word in ((Level.ERROR, "error"), (Level.WARN, "warning"))
            if (number := report.count(level))
        )
        infos = [f"{number} info"] if (number := report.count(Level.INFO)) else []
        said = f"{counted(len(report.findings), f'{new}finding')}: {', '.join([*counts, *infos])} in {where}"
    return "; ".join([said, *hidden])


class _Printer:
    """Prints findings one below the other."""

    def __init__(self, report: Report, paint: Paint, room: int) -> None:
        self.report, self.paint, self.room = report, paint, room
        self._lines: dict[str, list[str]] = {}

    def finding(self, finding: Finding) -> Iterator[str]:
        word, color = _WORDS[finding.level], COLORS[finding.level]
        head = f"{word}[{finding.rule}]"
        title, *rest = wrapped(f"{head}: {printable(finding.message)}", self.room, "  ")
        yield self.paint(title[: len(head)], color, "bold") + title[len(head) :]
        yield from rest
        places = (finding.location, *(related.location for related in finding.related))
        gutter = " " * len(str(max((place.line for place in places if place), default=1)))
        if finding.location:
            yield f"{gutter}{self.paint('-->', 'blue')} {_spot(finding.location)}"
            yield from self.frame(finding.location, gutter, color)
        for related in finding.related:
            yield from self.note("see", f"{_spot(related.location)}: {printable(related.message)}", gutter)
            yield from self.glance(related.location, gutter)
        for number, line in enumerate(finding.why):
            yield from self.note("" if number else "why", printable(line), gutter)
        if finding.remedy:
            yield from self.note("help", printable(finding.remedy.text), gutter)
            for line in printable(finding.remedy.sql or "").splitlines():
                yield f"{gutter}         {self.paint(line, 'bold')}"
        yield from self.note("docs", finding.url or f"schema explain {finding.rule}", gutter)

    def glance(self, place: Location, gutter: str) -> Iterator[str]:
        """The line of a related place, without more ado."""
        line = self._line(place)
        if line is not None and line.strip():
            lead = f"{gutter}         {self.paint(f'{place.line} |', 'blue')} "
            room = self.room - len(gutter) - 9 - len(str(place.line)) - 3
            yield lead + "".join(_cut(line.strip(), 0, len(line.strip()), max(_NARROWEST, room)))

    def note(self, word: str, text: str, gutter: str) -> Iterator[str]:
        """Words beside the frame, under their heading; without one they go on."""
        first_line, *rest = wrapped(text, max(_NARROWEST, self.room - len(gutter) - 9))
        lead = f" {self.paint('=', 'blue')} {self.paint(f'{word}:', 'bold')}{' ' * (5 - len(word))}"
        yield gutter + (lead if word else " " * 9) + first_line
        yield from (f"{gutter}         {line}" for line in rest)

    def frame(self, place: Location, gutter: str, color: str) -> Iterator[str]:
        """The first line of a place with carets under it; of more lines, how many."""
        line = self._line(place)
        if line is None:
            return
        several = place.end_line > place.line
        end = len(line.rstrip()) if several else place.end_column - 1
        before, marked, after = _cut(line, place.column - 1, max(end, place.column), self.room - len(gutter) - 3)
        bar = self.paint("|", "blue")
        number = self.paint(str(place.line).rjust(len(gutter)), "blue")
        carets = self.paint("^" * max(1, width(marked)), color)
        yield f"{gutter} {bar}"
        yield f"{number} {bar} {before}{marked}{after}".rstrip()
        yield f"{gutter} {bar} {' ' * width(before)}{carets}"
        if several:
            yield f"{gutter} {self.paint(':', 'blue')} {self.paint(f'to line {place.end_line}', 'dim')}"

    def _line(self, place: Location) -> str | None:
        lines = self._lines.get(place.file)
        if lines is None:
            source = self.report.sources.get(place.file)
            lines = self._lines[place.file] = source.text.split("\n") if source else []
        if not 0 < place.line <= len(lines):
            return None
        return self.report.masks.line(place.file, place.line, lines[place.line - 1].rstrip("\r"))


def _spot(place: Location) -> str:
    return f"{printable(place.file)}:{place.line}:{place.column}"


def _cut(line: str, start: int, end: int, room: int) -> tuple[str, str, str]:
    """Cut a line in three at the marked columns, and each part so that all fit in ``room``; tabs are spread."""
    far = max(0, start - room)  # of a very long line nothing further away can be seen
    line, start, end = line[far : start + 2 * room], start - far, min(end - far, 2 * room)
    parts: list[str] = []
    column = 0
    for part in (line[:start], line[start:end], line[end:]):
        spread = []
        for char in part:
            spread.append(" " * (TAB - column % TAB) if char == "\t" else printable(char))
            column += width(spread[-1])
        parts.append("".join(spread))
    before, marked, after = parts
    if far or (column > room and width(before) + min(width(marked), room // 2) > room):
        before = "…" + last(before, _MARGIN)
    left = room - width(before)
    if width(marked) > left:
        return before, first(marked, left - 1) + "…", ""
    left -= width(marked)
    return before, marked, after if width(after) <= left else first(after, left - 1) + "…" if left else ""
