"""The forms a report can be printed in: one module each, which is imported when it is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..lint import Report

STATISTICS = ("text", "json")  # the forms that --statistics has
FORMS = ("text", "json", "sarif", "github", "gitlab", "junit", "markdown")


def render(form: str, report: Report, *, color: bool = False, room: int = 80) -> str:
    """Print a report in one of the forms; colour and room are for people, and for text alone."""
    if form == "text":
        from . import text

        return text.render(report, color=color, room=room)
    printed: str = import_module(f".{form}", __package__).render(report)
    return printed
