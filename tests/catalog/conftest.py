"""The two figures of the differential test, over all cases: wrong facts, and the share of facts that are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Sum up what the cases recorded, in whatever process they ran."""
    totals = {"facts": 0, "known": 0, "wrong": 0}
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, value in getattr(report, "user_properties", ()):
                if name in totals and getattr(report, "when", "") == "call":
                    totals[name] += int(value)
    if totals["facts"]:
        share = 100 * totals["known"] / totals["facts"]
        terminalreporter.write_line(
            f"catalog: {totals['wrong']} wrong facts; {share:.1f} % of {totals['facts']} facts known"
        )
