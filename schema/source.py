"""Text -> statements, each with its place; a bad statement is data, not an exception.

Offsets are bytes of the UTF-8 text, as the parser counts them; lines and columns, for people, count from 1,
and columns are characters.
"""

from __future__ import annotations

import functools
import itertools
import stat
from array import array
from bisect import bisect_left, bisect_right
from sys import intern
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec.structs import force_setattr

from .garbage import uncollected
from .parser import NODE, ParseError, Unread, parse, parse_unread
from .text.lexer import Span, code_end, skip, split, token_end
from .text.lexer import comments as comment_spans
from .texts import Texts

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Iterator

__all__ = [
    "Fragment",
    "Location",
    "Rejected",
    "Source",
    "SourceError",
    "Statement",
    "comments",
    "lowered",
    "read",
    "split",
    "statements",
]

BOM = "\ufeff"


class Location(msgspec.Struct, frozen=True, order=True, gc=False):
    """A stretch of a file; lines and columns count from 1, columns in characters, the end is exclusive."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int


class SourceError(Exception):
    """A file that cannot be read as SQL text: which, why, and what to do about it."""

    def __init__(self, path: str, message: str, remedy: str) -> None:
        super().__init__(f"{path}: {message}")
        self.path = path
        self.message = message
        self.remedy = remedy


class Source:
    """One file, read whole.

    ``path`` is as the user sees it, ``text`` has no leading BOM and its line ends as in the file, ``data`` is
    the text as UTF-8: what offsets refer to.
    """

    __slots__ = (
        "_comments", "_lines", "_narrow", "_packed", "_seen", "bases", "data", "ends", "had_bom", "path", "starts",
    )  # fmt: skip

    inside = False  # whether it is no file, but what a procedure runs

    def __init__(self, path: str, text: str, data: bytes, *, had_bom: bool) -> None:
        self.path = path
        self._narrow = len(text) == len(data)  # whether a byte is a character
        self.data = data
        self._packed: bytes | None = None
        self.had_bom = had_bom
        self._seen = (0, 1)  # an offset, and its line: statements are asked about in their order
        self._lines: array[int] | None = None  # where each begins, once something is asked out of that order
        self._comments: tuple[Span, ...] | None = None
        self.forget_pieces()

    def pack(self) -> None:
        """Hold the text compressed alone: whoever asks for ``data`` then has it unpacked by ``__getattr__``."""
        if self._packed is None:
            self._packed = _texts.packed(self.data)
        del self.data

    if not TYPE_CHECKING:  # or any attribute would pass as one that there is

        def __getattr__(self, name: str) -> bytes:
            """Unpack ``data``, whose slot is empty: Python asks here for nothing else that there is."""
            if name != "data" or self._packed is None:
                raise AttributeError(name)
            self.data = _texts.unpacked(self._packed)
            _texts.hold(self)
            return self.data

    def forget_pieces(self) -> None:
        """Begin the table of its pieces anew: where each starts and ends, and where the text that was parsed did."""
        self.starts, self.ends = array("I"), array("I")
        self.bases: array[int] | None = None  # of a file that parses whole there are none

    def add_piece(self, start: int, end: int, base: int = 0) -> int:
        """Enter the next piece; returns its number."""
        self.starts.append(start)
        self.ends.append(end)
        if base or self.bases:
            self.bases = self.bases or array("I", [0] * (len(self.starts) - 1))
            self.bases.append(base)
        return len(self.starts) - 1

    @property
    def text(self) -> str:
        """The text; ``data`` is what is kept."""
        return self.data.decode()

    def __repr__(self) -> str:
        return f"Source({self.path!r}, {len(self.data)} bytes)"

    @classmethod
    def from_text(cls, path: str, text: str) -> Source:
        """Take a text that is in memory already; raises SourceError for what PostgreSQL could not store."""
        had_bom = text.startswith(BOM)
        if had_bom:
            text = text[1:]
        try:
            data = text.encode()
        except UnicodeEncodeError as error:
            line = text.count("\n", 0, error.start) + 1
            message = f"line {line} has a character that UTF-8 cannot express (a lone surrogate)"
            raise SourceError(path, message, "Save it as UTF-8.") from None
        if (nul := data.find(b"\0")) >= 0:
            raise _binary(path, data, nul, 3 if had_bom else 0)
        return cls(path, text, data, had_bom=had_bom)

    def locate(self, start: int, end: int) -> Location:
        """Turn byte offsets into lines and columns."""
        size = len(self.data)
        start = min(max(start, 0), size)
        line, column = self._place(start)
        if end <= start:
            return Location(self.path, line, column, line, column)
        end_line, end_column = self._place(min(end, size), (start, line))
        return Location(self.path, line, column, end_line, end_column)

    def offset(self, line: int, column: int) -> int:
        """Turn the line and column of a place in the text, as ``locate`` gives them, into a byte offset."""
        lines = self._begins()
        start = lines[line - 1]
        if self._narrow:
            return start + column - 1
        end = lines[line] if line < len(lines) else len(self.data)
        return start + len(self.data[start:end].decode()[: column - 1].encode())

    def slice(self, start: int, end: int) -> str:
        """Return the text between two byte offsets."""
        return self.data[start:end].decode(errors="replace")

    def _begins(self) -> array[int]:
        """Where each line begins."""
        if self._lines is None:
            sizes = map((1).__add__, map(len, self.data.split(b"\n")))
            self._lines = array("I", itertools.accumulate(sizes, initial=0))[:-1]
        return self._lines

    def _place(self, offset: int, known: tuple[int, int] | None = None) -> tuple[int, int]:
        """The line and the column of an offset; ``known`` is an offset before it, and the line of that."""
        at, line = known or self._seen
        if self._lines is None and offset >= at:
            line += self.data.count(b"\n", at, offset)
            begin = self.data.rfind(b"\n", 0, offset) + 1
            if known is None:
                self._seen = (offset, line)
        else:
            lines = self._begins()
            line = bisect_right(lines, offset)
            begin = lines[line - 1]
        if self._narrow:
            return line, offset - begin + 1
        return line, len(self.data[begin:offset].decode(errors="replace")) + 1


_texts = Texts(2_500_000, 500_000)  # bytes: more than 500 migrations mostly have


def comments(source: Source) -> tuple[Span, ...]:
    """Byte spans of all comments outside quotes, in order."""
    if source._comments is None:  # noqa: SLF001 - the source is where the answer is kept
        source._comments = comment_spans(source.data)  # noqa: SLF001
    return source._comments  # noqa: SLF001


def read(path: pathlib.Path, shown: str) -> Source:
    """Read a file; `shown` is the path as the user sees it. Raises SourceError."""
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise SourceError(shown, "is a directory, not a file", "Rename it, or name a file.")
        if not stat.S_ISREG(mode) and path.parts[:2] != ("/", "dev"):
            raise SourceError(shown, "is not a regular file", "Name a file that holds SQL text.")
        raw = path.read_bytes()
    except FileNotFoundError:
        if path.is_symlink():
            message = f"is a link to {path.readlink()}, which does not exist"
            raise SourceError(shown, message, "Restore its target, or remove the link.") from None
        raise SourceError(shown, "does not exist", "Check the path.") from None
    except PermissionError:
        raise SourceError(shown, "may not be read: permission denied", "Let this user read it.") from None
    except OSError as error:
        raise SourceError(shown, f"cannot be read: {error.strerror or error}", "Check the path.") from None
    except ValueError as error:  # a NUL in the path itself
        raise SourceError(shown, f"cannot be read: {error}", "Check the path.") from None
    source = _decode(shown, raw)
    _texts.hold(source)
    return source


def _decode(shown: str, raw: bytes) -> Source:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise SourceError(shown, "is UTF-16, not UTF-8", "Save it as UTF-8 (iconv -f UTF-16 -t UTF-8).")
    if (nul := raw.find(b"\0")) >= 0:
        raise _binary(shown, raw, nul)
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise SourceError(
            shown,
            f"is not UTF-8: byte 0x{raw[error.start]:02x} at offset {error.start}, line {line}",
            "Save it as UTF-8 (for instance iconv -f WINDOWS-1251 -t UTF-8), or name a file of SQL.",
        ) from None
    return Source.from_text(shown, text)


def _binary(shown: str, data: bytes, nul: int, before: int = 0) -> SourceError:
    line = data.count(b"\n", 0, nul) + 1
    return SourceError(
        shown,
        f"is binary: a NUL byte at offset {nul + before}, line {line}",
        "Name a file that holds SQL text in UTF-8; PostgreSQL takes no NUL.",
    )


class Piece(msgspec.Struct, frozen=True, eq=False, kw_only=True, gc=False):
    """A stretch of a source, by its number there: many are kept, and offsets take less room in the source's table."""

    source: Source
    number: int

    @property
    def start(self) -> int:
        """The byte offset of its own text, behind white space and comments."""
        return self.source.starts[self.number]

    @property
    def end(self) -> int:
        """The byte offset behind its own text, before white space, comments and the semicolon."""
        return self.source.ends[self.number]

    @property
    def text(self) -> str:
        """Its own text."""
        return self.source.slice(self.start, self.end)

    @property
    def comments(self) -> tuple[Span, ...]:
        """Byte spans of the comments that belong to it: before it, inside it, and after it on its last line.

        A comment between two pieces on one line belongs to the second.
        """
        data, starts, number = self.source.data, self.source.starts, self.number
        after = starts[number + 1] if number + 1 < len(starts) else len(data)
        first = _semicolon(data, self.source.ends[number - 1]) if number else 0
        if first and (line := _line_end(data, first)) < self.start:
            first = line
        last = _semicolon(data, self.end)
        if (line := _line_end(data, last)) <= after:
            last = line
        spans = comments(self.source)
        return spans[bisect_left(spans, (first, 0)) : bisect_left(spans, (last, 0))]


def _semicolon(data: bytes, end: int) -> int:
    """Return where the statement ends whose own text ends here: behind its semicolon, if it has one."""
    at = skip(data, end, semicolons=False)
    return at + 1 if data.startswith(b";", at) else end


def _line_end(data: bytes, offset: int) -> int:
    end = data.find(b"\n", offset)
    return len(data) if end < 0 else end


class Statement(Piece, frozen=True, eq=False, kw_only=True):
    """One parsed statement.

    ``kind`` is the name of its node ("CreateStmt") and ``node`` what is in it, as libpg_query writes JSON: a
    field that is 0, false or empty is absent. ``base`` plus a node's "location" (absent: 0) is a byte offset
    in the source's data. ``tree`` is that node, or the JSON that it is read from when it is asked for.
    """

    kind: str
    tree: dict[str, Any] | msgspec.Raw | None

    @property
    def base(self) -> int:
        """What the places in it count from."""
        if self.tree is None:
            return self.start
        bases = self.source.bases
        return bases[self.number] if bases else 0

    @property
    def node(self) -> dict[str, Any]:
        """What is in it; read again where ``release`` let go of it."""
        tree = self.tree
        if isinstance(tree, dict):
            return tree
        if tree is None:
            return _read_again(self)
        node = NODE.decode(tree)
        force_setattr(self, "tree", node)
        return node

    def read(self, shape: msgspec.json.Decoder[Any]) -> Any:
        """What is in it, of a shape that may leave parts of it as JSON (``node_of`` reads them)."""
        return shape.decode(self.tree) if isinstance(self.tree, msgspec.Raw) else self.node

    def release(self) -> None:
        """Let go of the tree, which takes fifty times the room of its text; places in it count from here then."""
        force_setattr(self, "tree", None)

    def says(self, *words: bytes) -> bool:
        """Whether one of the words, in lower case, is somewhere in its text: asked first, the tree need not be read."""
        text = lowered(self.source)
        for word in words:  # noqa: SIM110 - a generator would take longer than it looks
            if text.find(word, self.start, self.end) >= 0:
                return True
        return False

    @property
    def location(self) -> Location:
        """Where the statement stands, whole."""
        return self.source.locate(self.start, self.end)

    @property
    def place(self) -> Statement | Location:
        """What says where it stands: itself, so that nothing is worked out before somebody asks."""
        return self

    def at(self, node_location: int, length: int = 0) -> Location:
        """Where a node stands: the name or token there, or `length` bytes.

        An unknown location (-1), or one outside the statement (absent, read as 0), gives the whole statement.
        """
        start = self.base + node_location
        if node_location < 0 or not self.start <= start < self.end:
            return self.location
        end = start + length if length > 0 else token_end(self.source.data, start, self.end)
        return self.source.locate(start, min(end, self.end))


class Fragment(Statement, frozen=True, eq=False, kw_only=True):
    """A statement that is no piece of a file, but stands somewhere in one: a procedure's."""

    number: int = 0
    start: int  # its own, in the place of the source's
    end: int
    base: int = 0

    @property
    def comments(self) -> tuple[Span, ...]:
        """None are its own."""
        return ()

    @property
    def place(self) -> Location:
        """Where it stands: what it makes outlives it."""
        return self.location


class Rejected(Piece, frozen=True, eq=False, kw_only=True):
    """A stretch of text that did not become a statement.

    ``offset`` is the byte offset of the error itself, ``sqlstate`` and ``message`` are the server's, but that
    its quotation is cut to one token and never shows what a literal holds; ``hint`` is ours. ``psql``: a
    command of psql, or the rows of COPY ... FROM stdin, which no server takes as SQL. A statement that is
    valid but nested too deeply to be read here has 54001.
    """

    offset: int
    sqlstate: str
    message: str
    hint: str | None = None
    psql: bool = False

    @property
    def location(self) -> Location:
        """Where the error is: the token at which the parser stopped, or the first line of a psql command."""
        data = self.source.data
        if self.psql:
            end = min(self.end, _line_end(data, self.offset))
        else:
            end = min(token_end(data, self.offset, len(data)), _line_end(data, self.offset))
        here = self.source.locate(self.offset, end)
        if here.end_column > here.column:
            return here
        return msgspec.structs.replace(here, end_column=here.column + 1)


@functools.lru_cache(1)  # rules ask about the statements of one file after the other
def lowered(source: Source) -> bytes:
    """The text of a source in lower case, as far as that is ASCII."""
    return source.data.lower()


@functools.lru_cache(128)  # rules ask for the statements of a file in their order, some of them twice
def _read_again(statement: Statement) -> dict[str, Any]:
    """Read the tree of one statement from its own text."""
    (raw,) = parse(statement.text)
    node: dict[str, Any]
    (node,) = raw.stmt.values()
    return node


def statements(source: Source) -> list[Statement | Rejected]:
    """Read the statements of a source, in order, and what cannot be read as Rejected; never raises."""
    try:
        with uncollected():
            return list(_link(source, parse_unread(source.text)))
    except (ParseError, RecursionError):
        from .text.recovery import recover

        return recover(source)


# What white space and comments end with; one to the end of the line would hide the semicolon behind it
_MAY_END_NO_CODE = b" \t\n\r\f\v/"


def _link(source: Source, raws: list[Unread]) -> Iterator[Statement]:
    """Make statements of a whole source that parsed."""
    data = source.data
    source.forget_pieces()
    starts, ends = source.starts, source.ends
    for number, raw in enumerate(raws):
        start = raw.stmt_location
        end = start + raw.stmt_len if raw.stmt_len else len(data)
        if data[end : end + 1] != b";" or data[end - 1] in _MAY_END_NO_CODE:
            end = code_end(data, start, end)
        ((kind, node),) = raw.stmt.items()
        starts.append(start)
        ends.append(end)
        yield Statement(source=source, number=number, kind=intern(kind), tree=node)
