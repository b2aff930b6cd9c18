"""What the commands ``schema rules`` and ``explain`` do, and what all commands share: each returns its exit code."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ..rule import UnknownRuleError, rule_named
from ..rule import rules as all_rules

if TYPE_CHECKING:
    from ...schema.project import Project

OK, FOUND, FAILED = 0, 1, 2

_CONFIGURATION = {"schema.yaml", "config.toml"}


def unreadable(project: Project) -> bool:
    """Whether nothing can be said of a project: a configuration that does not read, or no migration at all."""
    return not project.migrations or any(Path(problem.path).name in _CONFIGURATION for problem in project.problems)


def unknown(error: UnknownRuleError) -> int:
    """Say where a rule is named that there is not."""
    place = f"{error.place.file}:{error.place.line}:{error.place.column}: " if error.place else ""
    return tell(f"{place}{error}")


def rules(form: str, color: str) -> int:
    """List the rules, by name."""
    from ..output.terminal import Paint, wants_color

    if form == "json":
        import msgspec

        listing = [
            {
                "name": rule.name,
                "level": rule.level.value,
                "profile": rule.profile,
                "splinter": rule.number,
                "summary": rule.summary.replace("``", "`"),
                "url": rule.url,
            }
            for rule in all_rules().values()
        ]
        return written(msgspec.json.format(msgspec.json.encode(listing), indent=2).decode() + "\n", None)
    paint = Paint(on=wants_color(color, sys.stdout))
    widest = max(map(len, all_rules()))
    lines = []
    for name, rule in all_rules().items():
        head = f"{paint(name.ljust(widest), 'bold')}  {rule.level.value:<5}  {rule.number or '':<4}"
        opinion = "(pedantic) " if rule.profile == "pedantic" else ""
        lines.append(f"{head}  {opinion}{rule.summary.replace('``', '')}")
    return written("\n".join(lines) + "\n", None)


def explain(name: str, color: str) -> int:
    """Print a rule's page, the same as in docs/rules."""
    from ..output.terminal import Paint, wants_color

    try:
        rule = rule_named(name)
    except UnknownRuleError as error:
        return tell(str(error))
    from ..page import page

    paint = Paint(on=wants_color(color, sys.stdout))
    lines = (paint(line, "bold") if line.startswith("#") else line for line in page(rule).splitlines())
    return written("\n".join(lines) + "\n", None)


def tell(message: str) -> int:
    """Say something on stderr; the exit code for what could not be run."""
    from ..output.terminal import printable
    from ..secrets import hidden

    with contextlib.suppress(OSError):  # nobody listens: the exit code says it all the same
        print(f"schema: {printable(hidden(message))}", file=sys.stderr)  # noqa: T201 - the command's own voice
    return FAILED


def written(text: str, path: Path | None) -> int:
    """Write to a file, wholly or not at all, or to stdout."""
    data = text.encode(errors="replace")  # a path may hold bytes that are no UTF-8
    try:
        if path is None:
            sys.stdout.flush()
            sys.stdout.buffer.write(data)
            sys.stdout.flush()
        elif path.exists() and not path.is_file():
            path.write_bytes(data)  # a device or a pipe: there is nothing to replace
        else:
            _replace(path, data)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader has seen enough
    except OSError as error:
        if path is not None and not path.parent.exists():
            return tell(f"{path} cannot be written: there is no folder {path.parent}; make it first")
        return tell(f"{path or 'stdout'} cannot be written: {error.strerror or error}")
    return OK


def _replace(path: Path, data: bytes) -> None:
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        beside.write_bytes(data)
        beside.replace(path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise
