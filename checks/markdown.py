"""Names and texts of a database made safe for Markdown, and the plural forms of the two languages."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any

from ..schema.pattern import lazy

# Backslash first is not needed: each mark is replaced once, in one pass.
_MARKS = lazy(r"([\\`*_{}\[\]<>()#+!|~&$])")
_LINE_START = lazy(r"^(\s*)([-=:]|\d+\.)")
_BACKTICKS = lazy(r"`+")


def visible(text: Any) -> str:
    """One line in which nothing is hidden: white space as blanks, other controls and marks of direction as U+XXXX."""
    return "".join(_visible(character) for character in str(text).replace("\r\n", "\n"))


def _visible(character: str) -> str:
    if character in "\n\r\t\v\f":
        return " "
    if character == " " or unicodedata.category(character) not in {"Cc", "Cf", "Zl", "Zp", "Co", "Cs", "Cn"}:
        return character
    return f"<U+{ord(character):04X}>"


def plain(text: Any) -> str:
    """Text as it is, for a paragraph or a cell: no mark of Markdown or HTML in it has an effect."""
    return _LINE_START.sub(r"\1\\\2", _MARKS.sub(r"\\\1", visible(text).strip()))


def code(text: Any) -> str:
    """A code span, for a paragraph."""
    shown = visible(text)
    if not shown.strip():
        return f'"{shown}"'
    longest = max((len(run) for run in _BACKTICKS.findall(shown)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if shown[0] in "` " or shown[-1] in "` " else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def cell(text: Any) -> str:
    """A code span for a cell of a table, where a pipe is escaped even in code."""
    return code(text).replace("|", "\\|")


def fenced(text: Any, info: str = "text") -> str:
    """A block of code, lines kept; a fence in the text cannot end it."""
    lines = str(text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    body = "\n".join(visible(line.replace("\t", "    ")) for line in lines)
    longest = max((len(run) for run in _BACKTICKS.findall(body)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{info}\n{body}\n{fence}"


def plural(number: int, forms: Sequence[str]) -> str:
    """A number with its noun: two forms are English (one, many), three are Russian (one, few, many)."""
    if len(forms) == 2:
        return f"{number} {forms[number != 1]}"
    tens, ones = number % 100, number % 10
    which = 2 if 11 <= tens <= 14 or not 1 <= ones <= 4 else int(ones > 1)
    return f"{number} {forms[which]}"
