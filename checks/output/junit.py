"""Findings as the JUnit XML that CI servers show: a suite for each file, a test case for each finding.

An ERROR or WARN is a failure, an INFO is output of a case that passed; a file without findings is one passed case.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..finding import Level
from .places import place_of
from .terminal import printable
from .wording import explained

if TYPE_CHECKING:
    from ..finding import Finding
    from ..lint import Report

_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_ATTRIBUTE = _TEXT | str.maketrans({'"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})
_NO_XML = dict.fromkeys((*range(0xD800, 0xE000), 0xFFFE, 0xFFFF), "\ufffd")  # characters that XML 1.0 has not


def render(report: Report) -> str:
    """Print a report as XML."""
    suites: dict[str, list[Finding]] = {file: [] for file in report.sources}
    for finding in report.findings:
        suites.setdefault(place_of(finding, report).file, []).append(finding)
    failures = sum(map(_fails, report.findings))
    tests = sum(len(found) or 1 for found in suites.values()) + report.unreadable
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuites name="schema lint" tests="{tests}" failures="{failures}" errors="{report.unreadable}">',
        *_unreadable(report.unreadable),
        *(line for file, found in suites.items() for line in _suite(file, found, report)),
        "</testsuites>",
    ]
    return "\n".join(lines) + "\n"


def _unreadable(number: int) -> Iterator[str]:
    """What keeps the report from being whole; the command says on stderr what it is."""
    if number:
        yield f'  <testsuite name="files" tests="{number}" failures="0" errors="{number}">'
        for at in range(1, number + 1):
            yield f'    <testcase classname="files" name="{at}"><error message="could not be read"/></testcase>'
        yield "  </testsuite>"


def _suite(file: str, found: list[Finding], report: Report) -> Iterator[str]:
    failures = sum(map(_fails, found))
    yield f'  <testsuite name="{_value(file)}" tests="{len(found) or 1}" failures="{failures}" errors="0">'
    if not found:
        yield f'    <testcase classname="{_value(file)}" name="no findings" file="{_value(file)}"/>'
    for finding in found:
        yield from _case(finding, report)
    yield "  </testsuite>"


def _case(finding: Finding, report: Report) -> Iterator[str]:
    place = place_of(finding, report)
    where = f'classname="{_value(place.file)}" file="{_value(place.file)}" line="{place.line}"'
    name = f"{finding.rule}: {finding.object.identity}" if finding.object else f"{finding.rule}: line {place.line}"
    yield f'    <testcase {where} name="{_value(name)}">'
    said = f"{place.file}:{place.line}:{place.column}\n{explained(finding)}"
    if _fails(finding):
        message = _value(finding.message)
        yield f'      <failure type="{finding.level.value}" message="{message}">{_text(said)}</failure>'
    else:
        yield f"      <system-out>{_text(said)}</system-out>"
    yield "    </testcase>"


def _fails(finding: Finding) -> bool:
    return finding.level is not Level.INFO


def _text(text: str) -> str:
    return printable(text).translate(_NO_XML).translate(_TEXT)


def _value(text: str) -> str:
    return printable(text).translate(_NO_XML).translate(_ATTRIBUTE)
