"""Bytes of a foreign file, unpacked within bounds and watched as they pass.

Plain, gzip or Zstandard, told by the first bytes. A stream that unpacks beyond the bounds is
refused as soon as it does, so that a small file cannot fill the memory or the disk.
"""

from __future__ import annotations

import codecs
import gzip
import io
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal, cast

import pyarrow as pa

from narrowgate.errors import BadInput

Kind = Literal[
    "unreadable", "empty", "too_large", "column_missing", "column_unknown", "column_type"
]


class ReadFault(BadInput):
    """A file that cannot be read as a table; `kind` names the refusal code it stands for."""

    def __init__(self, kind: Kind, fault: str, *, place: str, mend: str = "") -> None:
        self.fault_kind = kind
        super().__init__(fault, place=place, mend=mend)


@dataclass(frozen=True, slots=True)
class Limits:
    """`plain_bytes`: at most so many unpacked; `ratio`: at most so many unpacked a packed byte
    (asked from 64 MiB on); `columns`: at most so many in a header.
    """

    plain_bytes: int = 4 << 30
    ratio: int = 200
    columns: int = 1000


_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
_RATIO_FROM = 64 << 20


def compression(path: Path) -> str | None:
    """`gzip`, `zstd` or None, by the first bytes. ReadFault where the ending says otherwise."""
    with path.open("rb") as stream:
        head = stream.read(4)
    found = "gzip" if head[:2] == _GZIP else "zstd" if head == _ZSTD else None
    said = {".gz": "gzip", ".zst": "zstd"}.get(path.suffix.lower())
    if said is not None and found != said:
        raise ReadFault(
            "empty" if not head else "unreadable",
            f"the ending says {said}, the content does not",
            place=path.name,
            mend="Give the file the ending of what it is.",
        )
    return found


def plain(path: Path, limits: Limits) -> IO[bytes]:
    """The unpacked bytes of `path`, bounded. Faults come as ReadFault while reading."""
    packed = compression(path)
    raw: IO[bytes]
    if packed == "gzip":
        raw = cast("IO[bytes]", gzip.open(path))
    elif packed == "zstd":
        raw = cast("IO[bytes]", pa.CompressedInputStream(pa.OSFile(str(path)), "zstd"))
    else:
        raw = path.open("rb")  # noqa: SIM115  (closed by what is returned)
    return cast("IO[bytes]", _Bounded(raw, path, limits))


class _Bounded(io.RawIOBase):
    """Counts what passes and stops it at the bounds."""

    def __init__(self, raw: IO[bytes], path: Path, limits: Limits) -> None:
        super().__init__()
        self._raw, self._name, self._limits = raw, path.name, limits
        self._packed = max(path.stat().st_size, 1)
        self._passed = 0

    def readable(self) -> bool:
        """True."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes."""
        try:
            data = bytes(self._raw.read(1 << 20 if size is None or size < 0 else size))
            if size is None or size < 0:
                return data + (self.read() if data else b"")
        except (EOFError, OSError, zlib.error, pa.ArrowException):
            raise ReadFault(
                "unreadable",
                "the compressed file is cut short or damaged",
                place=self._name,
                mend="Compress and send it again.",
            ) from None
        self._passed += len(data)
        ratio = self._passed > _RATIO_FROM and self._passed > self._limits.ratio * self._packed
        if ratio or self._passed > self._limits.plain_bytes:
            raise ReadFault(
                "too_large",
                f"it unpacks to more than {'a plausible size' if ratio else 'the gate reads'}",
                place=self._name,
                mend="Send fewer records, in files of at most "
                f"{self._limits.plain_bytes >> 20:,} MiB unpacked.",
            )
        return data

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill `buffer`."""
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        """Close the file beneath."""
        self._raw.close()
        super().close()


class Text(io.RawIOBase):
    """Watches a stream of UTF-8 text: raises ReadFault with the line for bad encoding and NUL
    bytes, and at the end for a quote left open. A byte order mark at the start is dropped.
    """

    def __init__(self, raw: IO[bytes], name: str, *, quoted: bool) -> None:
        super().__init__()
        self._raw, self._name, self._quoted = raw, name, quoted
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._line, self._quotes, self._opened, self._started = 1, 0, 1, False

    def readable(self) -> bool:
        """True."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes."""
        data = self._raw.read(size)
        if not self._started:
            self._started, data = True, data.removeprefix(codecs.BOM_UTF8)
        try:
            self._decoder.decode(data, final=not data)
        except UnicodeDecodeError as error:
            line = self._line + data[: error.start].count(b"\n")
            raise ReadFault(
                "unreadable",
                "not UTF-8",
                place=f"{self._name} line {line}",
                mend="Write the file in UTF-8.",
            ) from None
        if b"\0" in data:
            line = self._line + data[: data.index(b"\0")].count(b"\n")
            raise ReadFault(
                "unreadable", "a NUL byte", place=f"{self._name} line {line}",
                mend="Write the file as text.",
            )  # fmt: skip
        self._count(data)
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

    def _count(self, data: bytes) -> None:
        quotes = data.count(b'"')
        if self._quoted:
            if quotes:
                last = self._line + data[: data.rindex(b'"')].count(b"\n")
                self._opened = last
            self._quotes += quotes
            if not data and self._quotes % 2:
                raise ReadFault(
                    "unreadable",
                    "a quote is opened and not closed: the file may be cut short",
                    place=f"{self._name} line {self._opened}",
                    mend="Write the file as RFC 4180 says, and send all of it.",
                )
        self._line += data.count(b"\n")
