"""Sealed arrays of fixed width: written whole, opened chunk by chunk where they are asked.

A large request touches every chunk, one record a handful. A chunk is authenticated as it is opened
(keys/seal.py). What a small question opens stays open as long as the array, and the next one is
answered sooner; for a large one chunks are opened in passing, and memory stays bounded.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from threading import RLock
from typing import Any, TypeAlias
from weakref import finalize

import numpy as np
import numpy.typing as npt

from narrowgate.errors import Internal
from narrowgate.keys.seal import CHUNK, SEALED_CHUNK, SealedReader, SealedWriter

Array: TypeAlias = npt.NDArray[Any]
Write: TypeAlias = Callable[[str, Array], None]
"""Takes a file's name and what is to stand in it."""
Append: TypeAlias = Write
"""The same, of which more may follow."""
Open: TypeAlias = Callable[[str, "np.dtype[Any] | str"], "SealedArray"]

_MOST_KEPT = 128
"""Chunks that one question may open for good: 32 MiB."""


class ArrayFiles:
    """The arrays of one load, sealed into `folder`, each bound to the `load` and its own name, so
    that no file can stand in for another. `close` ends and syncs them.
    """

    def __init__(self, folder: Path, key: bytes, load: str) -> None:
        self._folder, self._key, self._load = folder, key, load
        self._files = ExitStack()
        self._open: dict[str, SealedWriter] = {}

    def append(self, name: str, values: Array) -> None:
        """Seal more of an array."""
        if name not in self._open:
            stream = self._files.enter_context((self._folder / name).open("wb"))
            self._files.callback(lambda: os.fsync(stream.fileno()))
            self._files.callback(stream.flush)
            self._open[name] = SealedWriter(stream, self._key, f"{self._load} {name}")
            self._files.callback(self._open[name].close)
        self._open[name].write(_bytes(values))

    def close(self) -> dict[str, str]:
        """End every file; returns the SHA-256 of each, hexadecimal, by name."""
        self._files.close()
        digests = {}
        for name in sorted(self._open):
            with (self._folder / name).open("rb") as stream:
                digests[name] = hashlib.file_digest(stream, "sha256").hexdigest()
        return digests

    def abandon(self) -> None:
        """Let go of the files."""
        self._files.close()


class SealedArray:
    """An array in a sealed file; `dtype` of its rows. Nothing is read before the first question.
    Threads may ask side by side.
    """

    def __init__(self, path: Path, key: bytes, context: str, dtype: np.dtype[Any] | str) -> None:
        self._path, self._key, self._context = path, key, context
        self._dtype, self._lock = np.dtype(dtype), RLock()
        self._file: _File | None = None

    def __len__(self) -> int:
        return len(self._opened().values)

    def take(self, rows: Array) -> Array:
        """The rows of these numbers (integers below the length), in their order."""
        file, width = self._opened(), self._dtype.itemsize
        rows = rows.astype(np.int64)
        first, last = rows * width // CHUNK, (rows * width + width - 1) // CHUNK
        wanted = np.zeros(len(file.open), dtype=bool)
        wanted[first] = wanted[last] = True
        if np.count_nonzero(wanted & ~file.open) > _MOST_KEPT:
            return _passing(file, rows).view(self._dtype)
        self._open(file, wanted)
        return file.values[rows].view(self._dtype)

    def whole(self) -> Array:
        """All of it."""
        file = self._opened()
        self._open(file, np.ones(len(file.open), dtype=bool))
        return file.values.view(self._dtype)

    def _open(self, file: _File, wanted: npt.NDArray[np.bool_]) -> None:
        if (wanted & ~file.open).any():
            with self._lock:
                missing = np.flatnonzero(wanted & ~file.open)
                room = bytearray(SEALED_CHUNK)
                for chunk in missing.tolist():
                    file.reader.open_chunk(chunk, file.buffer[chunk * CHUNK :], room)
                file.open[missing] = True

    def _opened(self) -> _File:
        with self._lock:
            if self._file is None:
                self._file = self._map()
            return self._file

    def _map(self) -> _File:
        try:
            stream = self._path.open("rb")
        except FileNotFoundError:
            raise Internal("the snapshot lacks a file", place=self._path.name) from None
        finalize(self, stream.close)
        reader = SealedReader(stream, self._key, self._context)
        # Memory is the system's only for the pages that are written: the chunks that are open.
        buffer = _bytes(np.empty(reader.size, np.uint8))
        chunks = max(1, -(-reader.size // CHUNK))
        # Rows are moved as bytes: a row of several fields is taken six times as fast.
        plain = np.dtype(f"V{self._dtype.itemsize}") if self._dtype.fields else self._dtype
        return _File(reader, buffer, np.frombuffer(buffer, plain), np.zeros(chunks, bool))


@dataclass(frozen=True, slots=True, eq=False)
class _File:
    """A file as far as it is open: `values` lie in `buffer`, of which the chunks `open` hold."""

    reader: SealedReader
    buffer: memoryview
    values: Array
    open: npt.NDArray[np.bool_]


def _passing(file: _File, rows: Array) -> Array:
    """The rows, from chunks that are opened in passing, one after the other, and not kept."""
    width = file.values.itemsize
    order = np.argsort(rows)
    rows = rows[order]
    found = np.empty(len(rows), file.values.dtype)
    edges = np.searchsorted((rows * width + width - 1) // CHUNK, np.arange(len(file.open) + 1))
    # A row may begin in the chunk before: its end is kept ahead of the chunk.
    window, room = memoryview(bytearray(width + CHUNK)), bytearray(SEALED_CHUNK)
    ahead, chunk_room = window[:width], window[width:]
    before = -1
    for chunk in np.flatnonzero(np.diff(edges)).tolist():
        start, stop = edges[chunk], edges[chunk + 1]
        lead = chunk * CHUNK % width
        if before != chunk - 1 and lead:
            file.reader.open_chunk(chunk - 1, chunk_room, room)
        ahead[:] = window[CHUNK:]
        file.reader.open_chunk(chunk, chunk_room, room)
        before = chunk
        values = np.frombuffer(window, found.dtype, (lead + CHUNK) // width, width - lead)
        found[start:stop] = values[rows[start:stop] - chunk * CHUNK // width]
    told = np.empty_like(found)
    told[order] = found
    return told


def _bytes(values: Array) -> memoryview:
    return memoryview(np.ascontiguousarray(values).view(np.uint8).data)
