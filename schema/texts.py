"""Which files' texts are held as they are: of a large project the others are compressed."""

from __future__ import annotations

import collections
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .source import Source


class Texts:
    """The files whose text is held as it is, the latest last, of ``room`` bytes in all; of others it is packed.

    Where not all have room, they are gone through one after the other, for which ``little`` room is enough.
    """

    def __init__(self, room: int, little: int) -> None:
        self.room, self.little = room, little
        self.held: collections.deque[Source] = collections.deque()
        self.size = 0
        self._known = b""  # what the first text says, much of which others say as well

    def packed(self, data: bytes) -> bytes:
        """Compress a text."""
        self._known = self._known or data[:8192]
        packing = zlib.compressobj(1, zdict=self._known)
        return packing.compress(data) + packing.flush()

    def unpacked(self, data: bytes) -> bytes:
        """What ``packed`` was given."""
        return zlib.decompressobj(zdict=self._known).decompress(data)

    def hold(self, source: Source) -> None:
        """Take one more in, and pack the oldest where there is no room."""
        self.held.append(source)
        self.size += len(source.data)
        if self.size > self.room:
            self.room = self.little
        while self.size > self.room and len(self.held) > 1:
            oldest = self.held.popleft()
            self.size -= len(oldest.data)
            oldest.pack()
