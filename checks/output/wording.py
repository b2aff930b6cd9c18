"""What a finding comes to in plain lines, for forms that have no layout of their own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .terminal import printable

if TYPE_CHECKING:
    from ..finding import Finding


def explained(finding: Finding, *, related: bool = True) -> str:
    """The message, and below it the reason, the other places and the remedy; nothing in it is hidden."""
    return printable("\n".join(_lines(finding, related=related)))


def _lines(finding: Finding, *, related: bool) -> Iterator[str]:
    yield finding.message
    yield from (f"why: {line}" for line in finding.why)
    if related:
        for each in finding.related:
            yield f"see: {each.location.file}:{each.location.line}: {each.message}"
    if finding.remedy:
        yield f"help: {finding.remedy.text}"
        if finding.remedy.sql:
            yield finding.remedy.sql
    if finding.url:
        yield f"docs: {finding.url}"
