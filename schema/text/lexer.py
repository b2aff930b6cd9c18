"""Where quotes, comments and statements of a SQL text begin and end, without parsing it.

Works on UTF-8 bytes, by the lexical rules of PostgreSQL's scan.l and psql's psqlscan.l. It never fails: what
is opened and not closed ends with the text.
"""

from __future__ import annotations

import enum
import functools
import re
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator

Span = tuple[int, int]

_WORD = rb"\w$\x80-\xff"  # every byte above 127 is a letter to PostgreSQL

# Go's strings.TrimSpace, which is not Python's: it leaves U+001C to U+001F alone.
_GO_SPACE = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)


class Kind(enum.IntEnum):
    """What a token is that can hide a semicolon, or is one."""

    STRING = 1
    IDENTIFIER = 2
    DOLLAR = 3
    LINE_COMMENT = 4
    BLOCK_COMMENT = 5
    SEMICOLON = 6
    BACKSLASH = 7


class Token(msgspec.Struct, frozen=True, gc=False):
    """A token that matters to the borders of statements; offsets are bytes, the end is exclusive."""

    kind: Kind
    start: int
    end: int
    closed: bool = True


class Piece(msgspec.Struct, frozen=True):
    """The text up to a semicolon, a psql command or the end of the text.

    ``end`` is exclusive and leaves the semicolon out, ``after`` is where the next piece begins.
    """

    start: int
    end: int
    after: int
    quoted: tuple[Token, ...]


@functools.cache
def pattern(source: bytes, flags: int = 0) -> re.Pattern[bytes]:
    """Compile when first asked for: most runs need few of these."""
    return re.compile(source, flags)


# Each branch begins with its own literal byte, so that the search skips to the next of them at C speed.
_TOKENS = (
    rb"'(?:(?<=[eE]')(?<![" + _WORD + rb"][eE]')"
    rb"(?:[^'\\]++|\\.?|''|'[ \t\f\v]*+[\r\n]\s*+')*+"  # E'...': backslashes escape
    rb"|(?:[^']++|'')*+)(')?+"
    rb'|"(?:[^"]++|"")*+(")?+'
    rb"|\$(?<![" + _WORD + rb"]\$)(?:[A-Za-z_\x80-\xff][\w\x80-\xff]*+)?+\$"
    rb"|--[^\r\n]*+"
    rb"|/\*"
    rb"|;"
    rb"|\\"
)
_KINDS = {
    ord("'"): Kind.STRING,
    ord('"'): Kind.IDENTIFIER,
    ord("$"): Kind.DOLLAR,
    ord("-"): Kind.LINE_COMMENT,
    ord("/"): Kind.BLOCK_COMMENT,
    ord(";"): Kind.SEMICOLON,
    ord("\\"): Kind.BACKSLASH,
}


def tokens(data: bytes, start: int = 0, end: int | None = None) -> Iterator[Token]:
    """Quotes, comments, semicolons and backslashes of a text, in order."""
    stop = len(data) if end is None else end
    search = pattern(_TOKENS, re.DOTALL).search
    while match := search(data, start, stop):
        at, start = match.span()
        kind = _KINDS[data[at]]
        closed = True
        if kind <= Kind.IDENTIFIER:
            closed = match.lastindex is not None
        elif kind is Kind.DOLLAR:
            found = data.find(match[0], start, stop)
            closed = found >= 0
            start = found + len(match[0]) if closed else stop
        elif kind is Kind.BLOCK_COMMENT:
            found = _comment_end(data, start, stop)
            closed = found >= 0
            start = found if closed else stop
        yield Token(kind, at, start, closed)


def _comment_end(data: bytes, start: int, stop: int) -> int:
    """Return where a block comment ends that begins before `start`; -1 if it does not (comments nest)."""
    depth = 1
    for match in pattern(rb"/\*|\*/").finditer(data, start, stop):
        depth += 1 if match[0] == b"/*" else -1
        if not depth:
            return match.end()
    return -1


def comments(data: bytes) -> tuple[Span, ...]:
    """Spans of the comments that stand outside quotes."""
    if b"--" not in data and b"/*" not in data:
        return ()
    return tuple(
        (token.start, token.end)
        for token in tokens(data)
        if token.kind is Kind.LINE_COMMENT or token.kind is Kind.BLOCK_COMMENT
    )


def skip(data: bytes, start: int, *, semicolons: bool = True) -> int:
    """Return the offset of the next byte that is neither white space nor part of a comment (nor a semicolon).

    A block comment that is never closed is not stepped over.
    """
    blank = pattern(rb"(?:[\s;]++|--[^\r\n]*+)*+" if semicolons else rb"(?:\s++|--[^\r\n]*+)*+")
    while True:
        match = blank.match(data, start)
        start = match.end() if match else start
        if not data.startswith(b"/*", start):
            return start
        end = _comment_end(data, start + 2, len(data))
        if end < 0:
            return start
        start = end


def code_end(data: bytes, start: int, end: int) -> int:
    """Return where the last byte before `end` ends that is neither white space nor part of a comment."""
    code = data[start:end].rstrip()
    end = start + len(code)
    if not code.endswith(b"*/") and code.find(b"--", code.rfind(b"\n") + 1) < 0:
        return end
    last = at = start
    for token in tokens(data, start, end):
        if gap := len(data[at : token.start].rstrip()):
            last = at + gap
        if token.kind not in (Kind.LINE_COMMENT, Kind.BLOCK_COMMENT) or not token.closed:
            last = token.end
        at = token.end
    gap = len(data[at:end].rstrip())
    return at + gap if gap else last


def token_end(data: bytes, start: int, end: int) -> int:
    """Return where the token ends that begins at `start`: a literal, a qualified name, an operator."""
    quote = pattern(rb"(?:[eEnNbBxX](?=')|[uU]&(?=['\"]))?+(?=['$])").match(data, start, end)
    if quote and (token := next(tokens(data, quote.end(), end), None)) and token.start == quote.end():
        return token.end
    part = rb'(?:[\w\x80-\xff][\w$\x80-\xff]*+|"(?:[^"]++|"")*+"?+)'
    token_text = pattern(part + rb"(?:\." + part + rb")*+|[-+*/<>=~!@#%^&|`?:]++|.", re.DOTALL)
    match = token_text.match(data, start, end)
    return match.end() if match else start


_PSQL = rb"\\[A-Za-z!?.;\"]"
_PSQL_INLINE = rb"\\(?:g|gx|gset|gexec|gdesc|crosstabview|watch)(?![\w])"
_COPY = rb"copy\s[^;]*?\bfrom\s+stdin\b"
_COPY_COMMAND = rb"\\copy\s.*\bfrom\s+stdin\b"


def is_psql(data: bytes, at: int) -> bool:
    """Whether the backslash at this offset, outside quotes, begins a psql command."""
    line = data.rfind(b"\n", 0, at) + 1
    if not data[line:at].strip():
        return pattern(_PSQL).match(data, at) is not None
    return pattern(_PSQL_INLINE).match(data, at) is not None


def psql_end(data: bytes, at: int) -> int:
    """Return where the psql command ends that begins at this offset, the rows of its COPY included."""
    end = data.find(b"\n", at)
    end = len(data) if end < 0 else end
    if pattern(_COPY_COMMAND, re.IGNORECASE).match(data, at, end):
        return copy_rows(data, at, end)[1] or end
    return end


def copy_rows(data: bytes, start: int, end: int) -> Span:
    r"""Span of the rows that follow a COPY ... FROM stdin, with their ``\.``; (0, 0) if there are none.

    `start` and `end` are those of the statement. Rows without an end mark are none: nothing is to be hidden.
    """
    if data[start] != ord("\\") and not pattern(_COPY, re.IGNORECASE).match(data, start, end):
        return (0, 0)
    first = data.find(b"\n", end) + 1
    if not first or not (mark := pattern(rb"^\\\.[ \t]*+\r?$", re.MULTILINE).search(data, first)):
        return (0, 0)
    return (first, mark.start() + 2)


def piece(data: bytes, start: int) -> Piece:
    """Return the piece of text that begins at `start`, as psql would cut it.

    Unlike psql, a semicolon in parentheses cuts, but in CREATE RULE: a parenthesis that is not closed is the
    commonest of errors, and is not to swallow the rest of the file.
    """
    head = pattern(rb"create\s+(?:or\s+replace\s+)?(?:(function|procedure)|(rule))\s", re.IGNORECASE)
    begins = head.match(data, start)
    block, rule = begins.groups() if begins else (None, None)
    depth = 0
    at = start
    quoted: list[Token] = []
    for token in tokens(data, start):
        if block:
            depth = _block_depth(data, at, token.start, depth)
        elif rule:
            depth += data.count(b"(", at, token.start) - data.count(b")", at, token.start)
        at = token.end
        if token.kind is Kind.SEMICOLON:
            if depth <= 0:
                return Piece(start, token.start, token.end, tuple(quoted))
        elif token.kind is Kind.BACKSLASH:
            if is_psql(data, token.start):
                return Piece(start, token.start, token.start, tuple(quoted))
        else:
            quoted.append(token)
    return Piece(start, len(data), len(data), tuple(quoted))


def _block_depth(data: bytes, start: int, end: int, depth: int, opening: bytes = rb"begin") -> int:
    """Follow BEGIN, CASE and END through a stretch of code."""
    word = pattern(rb"(?<![" + _WORD + rb".])(?:(" + opening + rb")|(case)|end)(?![" + _WORD + rb"])", re.IGNORECASE)
    for match in word.finditer(data, start, end):
        if match[1]:
            depth += 1
        elif depth:
            depth += 1 if match[2] else -1
    return depth


def split(text: str) -> list[Span]:
    r"""Cut a text into statements as Supabase CLI does for ``schema_migrations.statements``.

    Returns spans in characters. A semicolon cuts outside quotes, comments, parentheses and the body of BEGIN
    ATOMIC; it and the white space around a statement are left out, the comments before it are not, and a
    comment at the end of the text is a piece of its own. Source: supabase/cli pkg/parser (SplitAndTrim).
    Where that one cuts through a literal or a body (E'\'', a word that ends in "end"), this one does not.
    """
    data = text.encode("utf-8", "surrogatepass")
    spans: list[Span] = []
    start = at = parentheses = depth = 0
    char = byte = 0  # the same place in both measures
    cuts: list[Span] = []
    for token in tokens(data):
        parentheses += data.count(b"(", at, token.start) - data.count(b")", at, token.start)
        parentheses = max(parentheses, 0)
        depth = _block_depth(data, at, token.start, depth, rb"begin\s+atomic")
        at = token.end
        if token.kind is Kind.SEMICOLON and not parentheses and not depth:
            cuts.append((start, token.start))
            start = token.end
    cuts.append((start, len(data)))
    for start, end in cuts:
        char += len(data[byte:start].decode("utf-8", "surrogatepass"))
        piece_text = data[start:end].decode("utf-8", "surrogatepass")
        byte = start
        if trimmed := piece_text.strip(_GO_SPACE):
            left = char + len(piece_text) - len(piece_text.lstrip(_GO_SPACE))
            spans.append((left, left + len(trimmed)))
    return spans
