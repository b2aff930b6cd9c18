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
    from ..source import Statement

Span = tuple[int, int]  # byte offsets, the end exclusive

_PATTERN = rb"""
    (?P<blank>[\s]+|--[^\r\n]*)
  | (?P<comment>/\*)
  | (?P<string>[eE]'(?:[^'\\]|\\.|'')*'|(?:[bBxXnN]|[uU]&)?'(?:[^']|'')*')
  | (?P<name>(?:[uU]&)?"(?:[^"]|"")*")
  | (?P<dollar>\$(?:[A-Za-z_\x80-\xff][\w\x80-\xff]*)?\$)
  | (?P<word>[A-Za-z_\x80-\xff][\w$\x80-\xff]*)
  | (?P<number>(?:\d\w*(?:\.(?!\.)\d*)?|\.\d+)(?:[eE][-+]?\d+)?|\$\d+)
  | (?P<mark>::|:=|=>|\.\.|[][(),;:.])
  | (?P<operator>(?:(?!--|/\*)[-+*/<>=~!@\#%^&|`?])+)
  | (?P<other>.)
"""
# What may hide a landmark
_HIDING = (
    rb"(?P<quoted>'(?:(?<=[eE]')(?<![\w$\x80-\xff][eE]')(?:[^'\\]|\\.|'')*|(?:[^']|'')*)'"
    rb'|"(?:[^"]|"")*"|--[^\r\n]*)'
    rb"|(?P<comment>/\*)|(?P<dollar>\$(?:[A-Za-z_\x80-\xff][\w\x80-\xff]*)?\$)"
)
# What may be a stop: a word that is no part of a qualified name, a comma, an operator
_STOPS = (
    rb"|(?P<stop>(?<![\w$\x80-\xff.])[A-Za-z_\x80-\xff][\w$\x80-\xff]*|[,;]"
    rb"|(?:(?!--|/\*)[-+*/<>=~!@#%^&|`?:])+)"
)
# IS DISTINCT FROM, WITHIN GROUP: a word that goes with the one before it begins no clause
_PAIRS = {b"from": b"distinct", b"group": b"within"}
_MARKS = {frozenset(",;"): b",;", frozenset(","): b",", frozenset(";"): b";"}
_OPENING, _CLOSING = {b"(", b"["}, {b")", b"]"}


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


@cache
def _landmarks(*, words: bool) -> re.Pattern[bytes]:
    """What the search for a clause's end looks at: parentheses, what may hide them, and what may be a stop."""
    stops = _STOPS if words else b""
    return re.compile(_HIDING + rb"|(?P<mark>[][()])" + stops, re.DOTALL)


def _scan(data: bytes, start: int, end: int, stops: Collection[str]) -> Iterator[tuple[bytes, int, int]]:
    """Read the parentheses and the stops of a span: (token in lower case, start, end) of each."""
    search = _landmarks(words=bool(stops)).search
    while found := search(data, start, end):
        kind, at, start = found.lastgroup, found.start(), found.end()
        if kind == "mark":
            yield found.group(), at, start
        elif kind == "stop":
            token = found.group().lower()
            if token.decode() in stops and not (token in _PAIRS and _goes_on(data, at, _PAIRS[token])):
                yield token, at, start
        elif kind == "comment":
            start = _comment_end(data, at, end)
        elif kind == "dollar":
            close = data.find(found.group(), start, end)
            start = end if close < 0 else close + len(found.group())


def _goes_on(data: bytes, at: int, before: bytes) -> bool:
    """Whether a word goes with the one before it, and begins no clause."""
    return data[max(at - 40, 0) : at].rstrip().lower().endswith(before)


def _trimmed(data: bytes, start: int, end: int) -> Span:
    """The span without white space and comments around it."""
    within = data[start:end]
    if not within or within.isspace():
        return start, start
    if b"--" in within or b"/*" in within:
        spans = [(first, last) for _, first, last in tokens(data, start, end)]
        return (spans[0][0], spans[-1][1]) if spans else (start, start)
    first = start + len(within) - len(within.lstrip())
    return first, start + len(within.rstrip())


# A stretch of text in which nothing is hidden but what these literals hide; without brackets, commas and semicolons
_OPEN = rb"""[^'"$()\[\],;/-]++|-(?!-)|/(?!\*)|(?<![eE&])'[^']*+'|"[^"]*+\""""
_UNHIDING = rb"[^'\"$()\[\]\x80-\xff/-]"
_BEFORE_WORD = rb"(?:" + _UNHIDING + rb"*?[\s,;])??"
_BEFORE_WORD_OR_PAIRS = rb"(?:" + _UNHIDING + rb"*?(?:\(" + _UNHIDING + rb"*+\)" + _UNHIDING + rb"*?)*?[\s,;)])??"
_DEPTH = 6  # as deep as parentheses are followed in one go; where they are deeper the tokens are read


def _paired() -> bytes:
    """Text whose parentheses are in pairs, for a pattern."""
    text = rb"(?:" + _OPEN + rb"|[\[\],;])*+"
    for _ in range(_DEPTH):
        text = rb"(?:" + _OPEN + rb"|[\[\],;]|\(" + text + rb"\))*+"
    return text


@cache
def _first_pair() -> re.Pattern[bytes]:
    """The first pair of parentheses, where what comes before it hides none."""
    return re.compile(rb"[^'\"$()\[\]/-]*+\(\s*+(" + _paired() + rb")\)")


@cache
def _plainly_until(stops: bytes) -> re.Pattern[bytes]:
    """What comes before a stop (a comma, a semicolon), a bracket, or a parenthesis that closes more than was opened."""
    passed = b"".join({b",", b";"} - {stops[n : n + 1] for n in range(len(stops))})
    others = rb"|[" + passed + rb"]" if passed else b""
    return re.compile(rb"\s*+((?:" + _OPEN + others + rb"|\(" + _paired() + rb"\))*+)")


def _stripped(data: bytes, start: int, end: int) -> Span:
    """A span that begins with no blank without those at its end."""
    while end > start and data[end - 1] in b" \n\r\t\f\v":
        end -= 1
    return start, end


def parenthesised(statement: Statement, start: int) -> Span:
    """Find the inside of the next pair of parentheses at or after an offset, without the blanks around it."""
    data, depth, inner = statement.source.data, 0, -1
    if plain := _first_pair().match(data, start, statement.end):
        return _stripped(data, *plain.span(1))
    for token, at, stop in _scan(data, start, statement.end, ()):
        if token in _OPENING:
            depth += 1
            if depth == 1 and token == b"(":
                inner = stop
        else:
            depth -= 1
            if not depth and inner >= 0:
                return _trimmed(data, inner, at)
    return _trimmed(data, max(inner, start), statement.end)


@cache
def _plain_clause(word: str) -> re.Pattern[bytes]:
    """A key word that words alone stand before, and the parentheses right behind it."""
    return re.compile(_BEFORE_WORD + rb"(?i:" + word.encode() + rb")\s*+\(\s*+(" + _paired() + rb")\)")


def inside(statement: Statement, start: int, word: str) -> Span:
    """Find the inside of the parentheses behind the next occurrence of a key word, as ``after`` finds that."""
    if plain := _plain_clause(word).match(statement.source.data, start, statement.end):
        return _stripped(statement.source.data, *plain.span(1))
    return parenthesised(statement, after(statement, start, word))


def until(statement: Statement, start: int, stops: Collection[str] = (";",)) -> Span:
    """Span from an offset to the first token outside parentheses that is one of ``stops``, blanks left out.

    ``stops`` are key words in lower case, commas and operators; a parenthesis that closes more than was opened, and
    the end of the statement, always stop.
    """
    data, depth = statement.source.data, 0
    if marks := _MARKS.get(frozenset(stops)):
        plain = _plainly_until(marks).match(data, start, statement.end)
        if plain and (plain.end() == statement.end or data[plain.end()] in marks + b")"):
            return _stripped(data, *plain.span(1))
    for token, at, _ in _scan(data, start, statement.end, stops):
        if token in _OPENING:
            depth += 1
        elif token in _CLOSING:
            depth -= 1
        if depth < 0 or (not depth and token not in _CLOSING):
            return _trimmed(data, start, at)
    return _trimmed(data, start, statement.end)


@cache
def _plain_word(word: str) -> re.Pattern[bytes]:
    """A key word that words alone stand before, or parentheses around words."""
    return re.compile(_BEFORE_WORD_OR_PAIRS + word.encode() + rb"(?=[\s(,;]|\Z)", re.IGNORECASE)


def after(statement: Statement, start: int, word: str) -> int:
    """Offset behind the next occurrence of a key word outside parentheses, or the statement's end."""
    data, depth = statement.source.data, 0
    if plain := _plain_word(word).match(data, start, statement.end):
        return plain.end()
    for token, _, stop in _scan(data, start, statement.end, (word.lower(),)):
        if token in _OPENING:
            depth += 1
        elif token in _CLOSING:
            depth -= 1
        elif depth <= 0:
            return stop
    return statement.end


def text(statement: Statement, span: Span) -> str:
    """The text of a span."""
    return statement.source.data[span[0] : span[1]].decode()
