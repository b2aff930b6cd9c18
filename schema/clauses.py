"""Where a clause of a statement begins and ends in its text.

The parser tells where a node begins and never where it ends; here the tokens between are read as the server's
scanner does (src/backend/parser/scan.l), as far as is needed to find the end. Offsets are bytes of the source.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .source import Statement

Span = tuple[int, int]  # byte offsets, the end exclusive

_PATTERN = rb"""
    (?P<blank>[\s]+|--[^\r\n]*)
  | (?P<comment>/\*)
  | (?P<string>[eE]'(?:[^'\\]|\\.|'')*'|(?:[bBxXnN]|[uU]&)?'(?:[^']|'')*')
  | (?P<name>(?:[uU]&)?"(?:[^"]|"")*")
  | (?P<dollar>\$(?:[A-Za-z_\x80-\xff][\w\x80-\xff]*)?\$)
  | (?P<word>[A-Za-z_\x80-\xff][\w$\x80-\xff]*)
  | (?P<number>(?:\d[\w]*(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?|\$\d+)
  | (?P<mark>::|:=|=>|\.\.|[][(),;:.])
  | (?P<operator>(?:(?!--|/\*)[-+*/<>=~!@\#%^&|`?])+)
  | (?P<other>.)
"""
# IS DISTINCT FROM, WITHIN GROUP: a word that goes with the one before it begins no clause
_PAIRS = {(b"distinct", b"from"), (b"within", b"group")}


@cache
def _scanner() -> re.Pattern[bytes]:
    return re.compile(_PATTERN, re.VERBOSE | re.DOTALL)


@cache
def _comment_edge() -> re.Pattern[bytes]:
    return re.compile(rb"/\*|\*/")


def tokens(data: bytes, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    """Read the tokens of a span: (kind, start, end) of each, white space and comments left out.

    Kinds: string (also a dollar-quoted one), name (in double quotes), word, number, mark, operator, other.
    """
    match = _scanner().match
    at = start
    while at < end:
        found = match(data, at, end)
        if found is None:  # pragma: no cover - the last alternative takes anything
            return
        kind, stop = str(found.lastgroup), found.end()
        if kind == "blank":
            at = stop
            continue
        if kind == "comment":
            at = _comment_end(data, at, end)
            continue
        if kind == "dollar":
            close = data.find(found.group(), stop, end)
            stop = end if close < 0 else close + len(found.group())
            kind = "string"
        yield kind, at, stop
        at = stop


def _comment_end(data: bytes, start: int, end: int) -> int:
    depth = 0
    for edge in _comment_edge().finditer(data, start, end):
        depth += 1 if edge.group() == b"/*" else -1
        if not depth:
            return edge.end()
    return end


def _trimmed(data: bytes, start: int, last: int, end: int) -> Span:
    """The span without white space and comments around it; ``last`` is the end of its last token."""
    for _, first, _ in tokens(data, start, end):
        return first, max(first, last)
    return start, start


def parenthesised(statement: Statement, start: int) -> Span:
    """Find the inside of the next pair of parentheses at or after an offset, without the blanks around it."""
    data, depth, inner, last = statement.source.data, 0, -1, start
    for kind, at, stop in tokens(data, start, statement.end):
        if kind == "mark":
            token = data[at:stop]
            if token in {b"(", b"["}:
                depth += 1
                if depth == 1 and token == b"(":
                    inner = last = stop
                    continue
            elif token in {b")", b"]"}:
                depth -= 1
                if not depth and inner >= 0:
                    return _trimmed(data, inner, last, at)
        last = stop
    return _trimmed(data, max(inner, start), last, statement.end)


def until(statement: Statement, start: int, stops: Collection[str] = (";",)) -> Span:
    """Span from an offset to the first token outside parentheses that is one of ``stops``, blanks left out.

    ``stops`` are key words in lower case and marks; a parenthesis that closes more than was opened, and the
    end of the statement, always stop.
    """
    data, depth, last, word = statement.source.data, 0, start, b""
    for kind, at, stop in tokens(data, start, statement.end):
        before, word = word, b""
        if kind == "mark":
            token = data[at:stop]
            if token in {b"(", b"["}:
                if not depth and token.decode() in stops:
                    break
                depth += 1
            elif token in {b")", b"]"}:
                if not depth:
                    break
                depth -= 1
            elif not depth and token.decode() in stops:
                break
        elif not depth and kind in {"word", "operator"}:
            word = data[at:stop].lower()
            if word.decode() in stops and (before, word) not in _PAIRS:
                break
        last = stop
    return _trimmed(data, start, last, last)


def after(statement: Statement, start: int, word: str) -> int:
    """Offset behind the next occurrence of a key word outside parentheses, or the statement's end."""
    data, depth, wanted = statement.source.data, 0, word.lower().encode()
    for kind, at, stop in tokens(data, start, statement.end):
        if kind == "mark":
            token = data[at:stop]
            depth += (token in {b"(", b"["}) - (token in {b")", b"]"})
        elif kind == "word" and depth <= 0 and data[at:stop].lower() == wanted:
            return stop
    return statement.end


def text(statement: Statement, span: Span) -> str:
    """The text of a span."""
    return statement.source.data[span[0] : span[1]].decode()
