"""What was pasted back from a live database, read for whichever command wants it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from .rules import FOUND, tell

if TYPE_CHECKING:
    from ...schema.snapshots.query import Pasted


def answered(name: str, data: bytes | None = None) -> Pasted | int:
    """What a database answered to the query of ``schema snapshot``, from a file or (``-``) stdin, or the text at hand.

    Where it cannot be used the reason is told on stderr, and the exit code returned.
    """
    from ...schema.snapshots.grid import GridError
    from ...schema.snapshots.query import RefusedError, read

    try:
        return read((data if data is not None else content(name)).decode())
    except OSError as error:
        return tell(f"{shown(name)} cannot be read: {error.strerror or error}")
    except UnicodeDecodeError as error:
        return tell(f"{shown(name)} is not UTF-8 (offset {error.start}): copy the result again as JSON")
    except GridError as error:
        return tell(f"{shown(name)} is no result of a paste: {error}")
    except RefusedError as error:
        for problem in error.problems:
            tell(f"{shown(name)}: {problem}")
        return FOUND


def content(name: str) -> bytes:
    """The bytes of a file, or of stdin."""
    return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()


def shown(name: str) -> str:
    """What a source is called."""
    return "stdin" if name == "-" else name


def is_secret(text: str) -> bool:
    """Whether a text of a live database holds a secret."""
    from ...schema.source import Source
    from ..secrets import found

    return bool(found(Source.from_text("", text), ()))
