"""What a terminal needs to be told, and what it must not be sent."""

from __future__ import annotations

import os
import unicodedata
from typing import TYPE_CHECKING, TextIO

from ...schema.pattern import lazy

if TYPE_CHECKING:
    from collections.abc import Mapping

TAB = 4

# Control characters, and those that reorder or hide the text around them
_HOSTILE = lazy(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)

_STYLES = {"red": "31", "green": "32", "yellow": "33", "blue": "34", "cyan": "36", "bold": "1", "dim": "2"}


def printable(text: str) -> str:
    """Spell out the characters that a terminal would obey or hide; line feeds and tabs stay."""
    if text.isprintable():  # as most is: none of these characters counts as such
        return text
    return _HOSTILE.sub(lambda match: f"<U+{ord(match[0]):04X}>", text)


def escape_json(document: str) -> str:
    """Spell such characters as JSON does; in a document they can stand in strings alone."""
    if document.isascii() and "\x7f" not in document:  # the other controls JSON itself writes otherwise
        return document
    return _HOSTILE.sub(lambda match: _escaped(match[0]), document)


def _escaped(char: str) -> str:
    units = char.encode("utf-16-be")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))


def wants_color(choice: str, stream: TextIO, environment: Mapping[str, str] = os.environ) -> bool:
    """Whether to colour: ``--color``, then FORCE_COLOR and NO_COLOR, then whether it is a terminal."""
    if choice != "auto":
        return choice == "always"
    if environment.get("NO_COLOR"):
        return False
    if environment.get("FORCE_COLOR", "0") not in {"", "0", "false"}:
        return True
    return stream.isatty() and environment.get("TERM") != "dumb"


class Paint:
    """Puts text in colour, or leaves it."""

    def __init__(self, *, on: bool) -> None:
        self.on = on

    def __call__(self, text: str, *styles: str) -> str:
        """Put a text in styles by name: red, yellow, blue, cyan, bold, dim."""
        if not self.on or not text:
            return text
        return f"\x1b[{';'.join(_STYLES[style] for style in styles)}m{text}\x1b[0m"


def width(text: str) -> int:
    """How many columns of a terminal a text takes."""
    return len(text) if text.isascii() else sum(map(_columns, text))


def first(text: str, room: int) -> str:
    """Cut a text to what fits in so many columns."""
    taken = 0
    for at, char in enumerate(text):
        taken += _columns(char)
        if taken > room:
            return text[:at]
    return text


def last(text: str, room: int) -> str:
    """Cut a text to the end of it that fits in so many columns."""
    return first(text[::-1], room)[::-1]


def _columns(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in {"Me", "Mn", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def wrapped(text: str, room: int, indent: str = "") -> list[str]:
    """Break a text at its spaces into lines of at most ``room`` columns, later ones indented.

    A word longer than a line stays whole.
    """
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split(" "):
            longer = f"{line} {word}" if line else word
            if line and width(longer) + (len(indent) if lines else 0) > room:
                lines.append((indent if lines else "") + line)
                longer = word
            line = longer
        lines.append((indent if lines else "") + line)
    return lines


def columns(environment: Mapping[str, str] = os.environ) -> int:
    """How wide to print: COLUMNS or 80, and never too narrow to be read."""
    given = environment.get("COLUMNS", "")
    return max(40, int(given)) if given.isdecimal() else 80
