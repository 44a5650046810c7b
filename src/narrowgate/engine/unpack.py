"""Bytes of a foreign file, unpacked within bounds.

Plain, gzip or Zstandard, told by the first bytes; what the ending claims beyond that must be true.
A stream that unpacks beyond the bounds is refused as soon as it does, so that a small file can
fill neither the memory nor the disk.
"""

from __future__ import annotations

import gzip
import io
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal, TypeAlias, cast

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
    (asked from 64 MiB on); `record_bytes`: at most so many in one record; `columns`: at most so
    many in a header.
    """

    plain_bytes: int = 256 << 30
    ratio: int = 200
    record_bytes: int = 4 << 20
    columns: int = 1000


@dataclass(frozen=True, slots=True)
class Held:
    """A file's content under its name: whoever reads it again reads the same."""

    name: str
    data: bytes

    @property
    def suffix(self) -> str:
        """The ending of the name, with its dot."""
        return Path(self.name).suffix

    def is_file(self) -> bool:
        """True."""
        return True

    def open(self, mode: Literal["rb"]) -> IO[bytes]:
        """A stream over the content."""
        return io.BytesIO(self.data)


Source: TypeAlias = Path | Held


def hold(path: Path, limits: Limits) -> Held:
    """The file as it is now, read once. Raises ReadFault where it cannot be, or is too large."""
    try:
        with path.open("rb") as stream:
            data = stream.read(limits.plain_bytes + 1)
    except OSError as error:
        raise _unopened(path.name, error) from None
    if len(data) > limits.plain_bytes:
        raise ReadFault(
            "too_large",
            f"a file of more than {limits.plain_bytes:,} bytes",
            place=path.name,
            mend="Send fewer records at a time.",
        )
    return Held(path.name, data)


def _unopened(name: str, error: OSError) -> ReadFault:
    return ReadFault(
        "unreadable", f"the file cannot be opened ({type(error).__name__})", place=name
    )


_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
_OTHERS = {b"PK\x03\x04": "zip", b"BZh": "bzip2", b"\xfd7zXZ": "xz", b"7z\xbc\xaf": "7z"}
_RATIO_FROM = 64 << 20
_PIECE = 1 << 20


def compression(path: Source) -> str | None:
    """`gzip`, `zstd` or None, by the first bytes. ReadFault where the ending says otherwise."""
    try:
        with path.open("rb") as stream:
            head = stream.read(6)
    except OSError as error:
        raise _unopened(path.name, error) from None
    for magic, kind in _OTHERS.items():
        if head.startswith(magic):
            raise ReadFault(
                "unreadable",
                f"packed as {kind}, which is not read",
                place=path.name,
                mend="Send it plain, or packed with gzip or zstd.",
            )
    found = "gzip" if head[:2] == _GZIP else "zstd" if head[:4] == _ZSTD else None
    said = {".gz": "gzip", ".zst": "zstd"}.get(path.suffix.lower())
    if said is not None and found != said:
        raise ReadFault(
            "unreadable" if head else "empty",
            f"the ending says {said}, the content does not" if head else "the file is empty",
            place=path.name,
            mend="Give the file the ending of what it is." if head else "",
        )
    return found


def plain(path: Source, limits: Limits) -> Unpacked:
    """The unpacked bytes of `path`, bounded. Faults come as ReadFault, here or while reading."""
    packed = compression(path)
    beneath: IO[bytes]
    if packed == "zstd":
        beneath = pa.BufferReader(path.data) if isinstance(path, Held) else pa.OSFile(str(path))
    else:
        beneath = path.open("rb")
    raw = beneath
    if packed == "gzip":
        raw = cast("IO[bytes]", gzip.GzipFile(fileobj=beneath))
    elif packed == "zstd":
        raw = cast("IO[bytes]", pa.CompressedInputStream(beneath, "zstd"))
    return Unpacked(raw, beneath, path.name, limits)


class Unpacked(io.RawIOBase):
    """Counts what passes, beside what it was unpacked from, and stops it at the bounds."""

    def __init__(self, raw: IO[bytes], beneath: IO[bytes], name: str, limits: Limits) -> None:
        super().__init__()
        self._raw, self._beneath, self._name, self._limits = raw, beneath, name, limits
        self._passed = 0

    def readable(self) -> bool:
        """True."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes; all that are left where it is negative."""
        if size < 0:
            return b"".join(iter(lambda: self.read(_PIECE), b""))
        try:
            data = bytes(self._raw.read(size))
        except (EOFError, OSError, zlib.error, pa.ArrowException):
            raise ReadFault(
                "unreadable",
                "the file is cut short or damaged",
                place=self._name,
                mend="Pack and send it again.",
            ) from None
        self._passed += len(data)
        if self._passed > self._limits.plain_bytes:
            raise self._too_large(f"{self._limits.plain_bytes:,} bytes")
        if self._passed > _RATIO_FROM and self._passed > self._limits.ratio * self._beneath.tell():
            raise self._too_large(f"{self._limits.ratio} times its size")
        return data

    def _too_large(self, than: str) -> ReadFault:
        return ReadFault(
            "too_large",
            f"it unpacks to more than {than}",
            place=self._name,
            mend="Send fewer records at a time.",
        )

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill `buffer`."""
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        """Close the file beneath."""
        if not self.closed:
            self._raw.close()
            self._beneath.close()
        super().close()
