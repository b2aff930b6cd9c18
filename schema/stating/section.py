"""Texts and sections of a configuration file that know where they stand, and what can be wrong with them."""

from __future__ import annotations

from typing import ClassVar, Self

import msgspec

from ..source import Location


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Something that keeps a file from being used: where, what, and what to do about it."""

    path: str
    message: str
    remedy: str = ""
    location: Location | None = None


class Text(str):
    """A text of schema.yaml that knows where it stands.

    ``at`` finds the place of a part of it, where the file has it letter by letter (a plain, a quoted or a
    literal block scalar); else it answers with the place of the whole.
    """

    __slots__ = ("_indent", "location")
    location: Location
    _indent: int | None  # columns before each line of a block; negative: of one line; None: spelt otherwise

    def __new__(cls, value: str, location: Location, indent: int | None = None) -> Self:
        """Make a text; ``indent`` tells how the file has it, see ``_indent``."""
        text = super().__new__(cls, value)
        text.location, text._indent = location, indent
        return text

    def at(self, offset: int, length: int = 0) -> Location:
        """Find the place of ``length`` characters from ``offset``."""
        if self._indent is None or not 0 <= offset <= len(self):
            return self.location
        line, column = _line_and_column(self, offset)
        end_line, end_column = _line_and_column(self, min(offset + length, len(self)))
        first = self.location.line
        if self._indent < 0:  # one line, beginning -indent characters after the scalar does
            start = self.location.column - self._indent - 1
            return Location(self.location.file, first, start + column, first, start + end_column)
        indent = self._indent
        return Location(
            self.location.file,
            first + 1 + line,
            indent + column + 1,
            first + 1 + end_line,
            indent + end_column + 1,
        )


def _line_and_column(text: str, offset: int) -> tuple[int, int]:
    before = text[:offset]
    return before.count("\n"), offset - (before.rfind("\n") + 1)


def place_of(text: str) -> Location | None:
    """Where a text stands in schema.yaml, if it came from there."""
    return text.location if isinstance(text, Text) else None


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """A mapping of schema.yaml.

    ``places`` has the place of each key that was written, and under the empty name that of the section
    itself. ``later`` names keys, and ``key: value`` pairs, that the contract has and the code does not honour
    yet.
    """

    later: ClassVar[frozenset[str]] = frozenset()

    places: dict[str, Location] = msgspec.field(default_factory=dict)

    def place(self, *names: str) -> Location | None:
        """Find the place of the first of these keys that was written, else of the section."""
        return next((self.places[name] for name in (*names, "") if name in self.places), None)


def by_place(problem: Problem) -> tuple[int, int]:
    """Order problems of one file."""
    return (problem.location.line, problem.location.column) if problem.location else (0, 0)
