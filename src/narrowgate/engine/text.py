"""Text, watched as it passes: UTF-8, no NUL byte, and in CSV the quotes where RFC 4180 has them.

The watch costs a few passes over bytes and keeps none of them. What it finds is told by line,
counted in a second pass over the file that only a fault pays for. A byte order mark is dropped.
"""

from __future__ import annotations

import codecs
import io

import numpy as np
import numpy.typing as npt

from narrowgate.engine.unpack import Limits, ReadFault, Source, plain

_PIECE = 1 << 20
_QUOTE = ord('"')
# What may stand before a quote that opens and after one that closes; a quote there is half of a
# doubled one (RFC 4180 2.7).
_BESIDE = np.zeros(256, dtype=bool)
_BESIDE[[ord(character) for character in ',\r\n"']] = True
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class Text(io.RawIOBase):
    """The unpacked text of `path`. `quoted`: watch its quotes too. Raises ReadFault on reading."""

    def __init__(self, path: Source, limits: Limits, *, quoted: bool = False) -> None:
        super().__init__()
        self._raw = plain(path, limits)
        self._path, self._limits = path, limits
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._quotes = _Quotes() if quoted else None
        self._offset, self._started = 0, False

    def readable(self) -> bool:
        """True."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes; all that are left where it is negative."""
        if size < 0:
            return b"".join(iter(lambda: self.read(_PIECE), b""))
        data = self._raw.read(size)
        if not self._started:
            data = self._start(data)
        self._encoding(data)
        if b"\0" in data:
            self._fail("a NUL byte", data.index(b"\0"), "Write the file as text.")
        if self._quotes is not None and (found := self._quotes.fault(data)):
            fault, position = found
            self._fail(fault, position, "Write it with a CSV library, as RFC 4180 says.")
        self._offset += len(data)
        return data

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill `buffer`."""
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        """Close the stream beneath."""
        self._raw.close()
        super().close()

    def _start(self, data: bytes) -> bytes:
        self._started = True
        while len(data) < 4 and (more := self._raw.read(4)):
            data += more
        if data.startswith(b"PAR1"):
            self._fail("Parquet, though its ending says text", 0, "Name it .parquet.")
        if data.startswith(_UTF16):
            self._fail("UTF-16, where UTF-8 is expected", 0, "Write the file in UTF-8.")
        if data.startswith(codecs.BOM_UTF8):
            data = data.removeprefix(codecs.BOM_UTF8)
            self._offset = len(codecs.BOM_UTF8)
            # An empty read means the end, and there may be more.
            data = data or self._raw.read(_PIECE)
        return data

    def _encoding(self, data: bytes) -> None:
        pending = len(self._decoder.getstate()[0])
        try:
            self._decoder.decode(data, final=not data)
        except UnicodeDecodeError as error:
            self._fail("not UTF-8", error.start - pending, "Write the file in UTF-8.")

    def _fail(self, fault: str, position: int, mend: str) -> None:
        """Raise for what stands `position` bytes into the piece at hand."""
        line = line_at(self._path, self._limits, self._offset + position)
        raise ReadFault("unreadable", fault, place=f"{self._path.name} line {line}", mend=mend)


def line_at(path: Source, limits: Limits, offset: int) -> int:
    """Number of the line, from 1, on which byte `offset` of the unpacked file stands."""
    line, last = 1, b""
    with plain(path, limits) as stream:
        while offset > 0 and (data := stream.read(min(_PIECE, offset))):
            offset -= len(data)
            line += data.count(b"\n") + data.count(b"\r") - data.count(b"\r\n")
            line -= last == b"\r" and data[:1] == b"\n"
            last = data[-1:]
    return line


class _Quotes:
    """Tells whether each quote stands where RFC 4180 has one: quotes open and close in turn, so
    that their number before a place says which kind the next one is.
    """

    def __init__(self) -> None:
        self._inside = False
        self._before = ord("\n")
        self._behind = 0  # bytes before the piece at hand, to name where a quote was opened
        self._opened = 0

    def fault(self, data: bytes) -> tuple[str, int] | None:
        """The first fault that `data` shows: in words, and its position, negative if earlier."""
        if not data:
            still = self._opened - self._behind
            return ("a quote is opened here and never closed", still) if self._inside else None
        piece = np.frombuffer(data, dtype=np.uint8)
        at = np.flatnonzero(piece == _QUOTE)
        opening = at[1::2] if self._inside else at[0::2]
        closing = at[0::2] if self._inside else at[1::2]
        found = [*self._unduly(piece, opening), *self._unended(piece, closing)]
        if len(opening):
            self._opened = self._behind + int(opening[-1])
        self._inside ^= bool(len(at) % 2)
        self._before = int(piece[-1])
        self._behind += len(data)
        return min(found, key=lambda fault: fault[1], default=None)

    def _unduly(
        self, piece: npt.NDArray[np.uint8], opening: npt.NDArray[np.int64]
    ) -> list[tuple[str, int]]:
        before = piece[opening - 1]
        if len(opening) and opening[0] == 0:
            before[0] = self._before
        wrong = opening[~_BESIDE[before]]
        return [("a quote inside a field that is not quoted", int(wrong[0]))] if len(wrong) else []

    def _unended(
        self, piece: npt.NDArray[np.uint8], closing: npt.NDArray[np.int64]
    ) -> list[tuple[str, int]]:
        words = "a quoted field goes on behind its closing quote"
        # A quote at the very end of the last piece: what follows it is seen only now.
        if not self._inside and self._before == _QUOTE and not _BESIDE[piece[0]]:
            return [(words, 0)]
        followed = closing[closing + 1 < len(piece)]
        wrong = followed[~_BESIDE[piece[followed + 1]]]
        return [(words, int(wrong[0]))] if len(wrong) else []
