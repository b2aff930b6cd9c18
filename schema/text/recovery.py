"""Reading a file that does not parse: piece by piece, so that one bad statement does not hide the others.

The server refuses such a file whole. What is read here is for the sake of every further message, so where it
is unclear what belongs to the bad statement, a line that begins with the words of a new statement ends it.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from ..parser import ParseError, parse
from ..source import Rejected, Source, Statement
from . import lexer, rejection
from .lexer import Kind, Token

# A piece may be read again from its middle; a file of nothing but errors is not read forever.
_WORK_PER_BYTE = 24
_WORK_AT_LEAST = 4_000_000

_OBJECT = (
    rb"(?:unlogged\s+|temp(?:orary)?\s+|unique\s+|materialized\s+|constraint\s+|event\s+|foreign\s+|recursive\s+)*"
    rb"(?:table|index|view|function|procedure|trigger|policy|type|domain|schema|extension|sequence|role|user|rule"
    rb"|publication|subscription|aggregate|operator|cast|server|database|default\s+privileges|collation|statistics)"
)
# Lines that begin a statement whatever stands before them ...
_STRONG = (
    rb"^(?:create\s+(?:or\s+replace\s+)?" + _OBJECT + rb"\s|(?:alter|drop)\s+" + _OBJECT + rb"\s"
    rb"|comment\s+on\s+\w+\s|(?:grant|revoke)\s+[\w, ()]+\son\s|insert\s+into\s"
    rb"|do\s+(?:language\s+\w+\s+)?\$)"
)
# ... and words that begin one where a statement may begin.
_STARTER = (
    rb"(?:create|alter|drop|comment\s+on|grant|revoke|insert\s+into|update|delete\s+from|select|with|do|set|reset|show"
    rb"|truncate|copy|call|values|vacuum|analyze|explain|refresh|reindex|cluster|lock|notify|listen|security\s+label"
    rb"|reassign|import|prepare|execute|deallocate|discard|merge\s+into|commit|rollback|savepoint|start\s+transaction"
    rb"|begin\s*(?:;|transaction|work))(?![\w$\x80-\xff])"
)
# Pieces that hold other statements: after an error, more of their text may follow the semicolon.
_BLOCK = (
    rb"(?:create\s+(?:or\s+replace\s+)?(?:function|procedure)|do|declare|begin|end|if|for|foreach|while|loop"
    rb"|raise|perform|return|else|elsif|exception)(?![\w\x80-\xff])"
)


class _Refusal(NamedTuple):
    """The parser's error; its place is a byte offset of the source."""

    message: str
    offset: int


class _Range(NamedTuple):
    start: int
    end: int


class _Reader:
    """Walks through one source, collecting what it finds as fields for Statement or Rejected."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.data = source.data
        self.found: list[Statement | Rejected] = []
        self.work = max(len(self.data) * _WORK_PER_BYTE, _WORK_AT_LEAST)

    def read(self) -> None:
        at = lexer.skip(self.data, 0)
        while at < len(self.data):
            if self.work < 0:
                self.give_up(at)
                return
            at = self.step(at)
            at = lexer.skip(self.data, at)

    def step(self, start: int) -> int:
        """Read what begins at `start`; returns where to go on."""
        data = self.data
        if data[start] == ord("\\") and lexer.is_psql(data, start):
            return self.psql(start)
        piece = lexer.piece(data, start)
        self.work -= piece.after - start
        refusal = self.parse(start, piece.after)
        if refusal is None:
            return self.rows(start, piece)
        if (end := self.missing_semicolon(start, refusal.offset)) is not None:
            return end
        border = self.border(piece, refusal.offset)
        if border is None:
            end, border = self.debris(start, piece.end, piece.after)
        else:
            end = border
        self.reject(start, lexer.code_end(data, start, end), refusal)
        return border

    def parse(self, start: int, end: int) -> _Refusal | None:
        """Keep the statements of a stretch, or say why there are none."""
        text = self.source.slice(start, end)
        try:
            raws = parse(text)
        except ParseError as error:
            message, place = error.args[0], error.args[1]
            if place is None:
                last = lexer.code_end(self.data, start, end)
                return _Refusal(message, last if message.endswith("end of input") else start)
            return _Refusal(message, start + len(text[:place].encode()))
        except RecursionError:
            return _Refusal("stack depth limit exceeded", start)
        size = end - start
        for raw in raws:
            first = raw.stmt_location
            ((kind, node),) = raw.stmt.items()
            last = start + (first + raw.stmt_len if raw.stmt_len else size)
            last = lexer.code_end(self.data, start + first, last)
            number = self.source.add_piece(start + first, last, start)
            self.found.append(Statement(source=self.source, number=number, kind=kind, tree=node))
        return None

    def reject(self, start: int, end: int, refusal: _Refusal, hint: str | None = None) -> None:
        message = refusal.message
        if hint is None:
            text = self.source.slice(start, refusal.offset)
            behind = self.source.slice(refusal.offset, refusal.offset + 1000)
            hint = rejection.hint(text + behind, len(text), message)
            if message == "stack depth limit exceeded":
                hint = "The statement is nested too deeply to be read here; a server may take it."
        self.keep(start, end, refusal, hint)

    def keep(self, start: int, end: int, refusal: _Refusal, hint: str | None, *, psql: bool = False) -> None:
        self.found.append(
            Rejected(
                source=self.source,
                number=self.source.add_piece(start, max(start, end)),
                offset=refusal.offset,
                sqlstate=rejection.sqlstate(refusal.message, self.source.slice(start, refusal.offset)),
                message=rejection.wording(refusal.message),
                hint=hint,
                psql=psql,
            )
        )

    def psql(self, start: int) -> int:
        end = lexer.psql_end(self.data, start)
        self.reject_psql(start, end, 'syntax error at or near "\\"', _psql_hint(self.data[start:end]))
        return end

    def rows(self, start: int, piece: lexer.Piece) -> int:
        """Step over the rows of a COPY ... FROM stdin that has just been read."""
        first, last = lexer.copy_rows(self.data, start, piece.end)
        if not last:
            return piece.after
        self.reject_psql(
            first,
            last,
            "the rows of COPY ... FROM stdin are not SQL",
            "Only psql sends them on: write INSERT statements.",
        )
        return last

    def reject_psql(self, start: int, end: int, message: str, hint: str) -> None:
        end = start + len(self.data[start:end].rstrip())
        self.keep(start, end, _Refusal(message, start), hint, psql=True)

    def missing_semicolon(self, start: int, offset: int) -> int | None:
        """Keep what is a statement but for its semicolon, where the next line begins another; go on there."""
        data = self.data
        line = data.rfind(b"\n", 0, offset) + 1
        if offset <= start or line <= start or data[line:offset].strip():
            return None
        if not lexer.pattern(_STARTER, re.IGNORECASE).match(data, offset):
            return None
        end = lexer.code_end(data, start, offset)
        if self.parse(start, end) is not None:
            return None
        token = self.source.slice(offset, lexer.token_end(data, offset, len(data)))
        refusal = _Refusal(f'syntax error at or near "{token}"', end)
        self.reject(end, end, refusal, "A semicolon is missing here: the next line begins another statement.")
        return offset

    def border(self, piece: lexer.Piece, offset: int) -> int | None:
        """Return the first line of a refused piece that begins another statement, which something hides."""
        quoted = piece.quoted
        at = 0
        strong = lexer.pattern(_STRONG, re.IGNORECASE | re.MULTILINE)
        for match in strong.finditer(self.data, piece.start + 1, piece.end):
            place = match.start()
            while at < len(quoted) and quoted[at].end <= place:
                at += 1
            inside = quoted[at] if at < len(quoted) and quoted[at].start < place else None
            if (place >= offset) if inside is None else self.is_suspect(inside):
                return place
        return None

    def is_suspect(self, token: Token) -> bool:
        """Whether a quotation in a refused piece probably closes in the wrong place."""
        if not token.closed or token.kind is Kind.STRING or token.kind is Kind.IDENTIFIER:
            return True
        if token.kind is not Kind.DOLLAR:
            return False
        # "... as $$" at its end: that was to open another body
        closing = self.data.rindex(b"$", token.start, token.end - 1)
        before = self.data[token.start : closing].rstrip()[-8:]
        return lexer.pattern(rb"(?<![\w$\x80-\xff])(?:as|do)\Z", re.IGNORECASE).search(before) is not None

    def debris(self, start: int, end: int, after: int) -> _Range:
        """Return where the refused statement ends, what is left of its body included, and where to go on."""
        data = self.data
        block = lexer.pattern(_BLOCK, re.IGNORECASE).match(data, start) is not None
        indent = start - data.rfind(b"\n", 0, start)
        strong = lexer.pattern(_STRONG, re.IGNORECASE | re.MULTILINE)
        starter = lexer.pattern(_STARTER, re.IGNORECASE)
        while True:
            at = lexer.skip(data, after)
            if at >= len(data) or (data[at] == ord("\\") and lexer.is_psql(data, at)):
                return _Range(end, after)
            line = data.rfind(b"\n", 0, at)
            deeper = block and line >= after and at - line > indent
            if not deeper and starter.match(data, at):
                return _Range(end, after)
            if not block and not _is_tail(data, at):
                return _Range(end, after)
            piece = lexer.piece(data, at)
            self.work -= piece.after - at
            found = strong.search(data, at, piece.end)
            if found and found.start() > at:
                return _Range(found.start(), found.start())
            end, after = piece.end, piece.after

    def give_up(self, start: int) -> None:
        message = "too many errors: the rest of the file was not read"
        hint = "Mend the first errors, then check again."
        self.keep(start, len(self.data.rstrip()), _Refusal(message, start), hint)


def _is_tail(data: bytes, at: int) -> bool:
    """Whether the text cannot begin a statement at all: a closing mark, a comma, a dollar quote."""
    return data[at] in b"$),'\"=+-*/|<>.:"


def _psql_hint(command: bytes) -> str:
    name = command[1:].split(None, 1)[0].decode(errors="replace") if command[1:].strip() else ""
    if name in ("restrict", "unrestrict"):
        return "pg_dump writes this line for psql: leave it out."
    if name in ("i", "ir", "include", "include_relative"):
        return "psql reads another file here: put its text in this place."
    if name in ("copy", "."):
        return "Only psql copies rows from a file: write INSERT statements."
    return "A command of psql, which no server takes as SQL: leave it out."


def recover(source: Source) -> list[Statement | Rejected]:
    """Read a source that does not parse whole: all of its code becomes Statements and Rejecteds."""
    source.forget_pieces()
    reader = _Reader(source)
    reader.read()
    return reader.found
