"""The two figures of the differential tests, over all cases: wrong facts, and the share of facts that are known."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Sum up what the cases recorded, in whatever process they ran."""
    totals: Counter[str] = Counter()
    unknown: Counter[str] = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, value in getattr(report, "user_properties", ()):
                if getattr(report, "when", "") != "call":
                    continue
                if name in {"facts", "known", "wrong"}:
                    totals[name] += int(value)
                elif name.startswith("unknown "):
                    unknown[name.removeprefix("unknown ")] += int(value)
    if totals["facts"]:
        share = 100 * totals["known"] / totals["facts"]
        terminalreporter.write_line(
            f"catalog: {totals['wrong']} wrong facts; {share:.1f} % of {totals['facts']} facts known"
        )
        listed = ", ".join(f"{name} ({count})" for name, count in unknown.most_common())
        terminalreporter.write_line(f"catalog: not known: {listed or 'nothing'}")
