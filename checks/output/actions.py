"""What a run in GitHub Actions shows by itself: the text, annotations, and the summary of the step.

https://docs.github.com/actions/reference/workflow-commands-for-github-actions
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..lint import Report


def is_running(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether this is a step of a workflow."""
    return environment.get("GITHUB_ACTIONS") == "true"


def render(report: Report, text: str) -> str:
    """Print the text, in which no line is taken for a command, and the annotations."""
    from secrets import token_hex

    from . import github

    token = token_hex(16)
    return f"::stop-commands::{token}\n{text}::{token}::\n{github.render(report)}"


def summarize(report: Report, environment: Mapping[str, str] = os.environ) -> None:
    """Add the report to the summary of the step; raises OSError where that cannot be written."""
    if path := environment.get("GITHUB_STEP_SUMMARY"):
        from . import markdown

        with Path(path).open("a", encoding="utf-8", newline="\n") as file:
            file.write(markdown.render(report, markdown.SUMMARY))
