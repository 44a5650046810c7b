"""Sealed arrays of fixed width: written whole, opened chunk by chunk where they are asked.

A large request touches every chunk, one record a handful. A chunk is authenticated as it is opened
(keys/seal.py) and stays open as long as the array; memory is the system's only for what is open.
"""

from __future__ import annotations

import hashlib
import mmap
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from typing import IO, Any, TypeAlias, cast

import numpy as np
import numpy.typing as npt

from narrowgate.errors import Internal
from narrowgate.keys.seal import CHUNK, SealedReader, SealedWriter

Array: TypeAlias = npt.NDArray[Any]
Write: TypeAlias = Callable[[str, Array], None]
"""Takes a file's name and what is to stand in it."""
Append: TypeAlias = Write
"""The same, of which more may follow."""
Open: TypeAlias = Callable[[str, "np.dtype[Any] | str"], "SealedArray"]

_WORTH_THREADS = 64  # chunks


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
    """An array in a sealed file; `dtype` of its rows. Nothing is read before the first question."""

    def __init__(self, path: Path, key: bytes, context: str, dtype: np.dtype[Any] | str) -> None:
        self._path, self._key, self._context = path, key, context
        self._dtype = np.dtype(dtype)

    def __len__(self) -> int:
        return self._reader.size // self._dtype.itemsize

    def take(self, rows: Array) -> Array:
        """The rows of these numbers (integers below the length), in their order."""
        rows = rows.astype(np.int64)
        return np.asarray(self.spans(rows, rows + 1)[rows])

    def spans(self, starts: Array, stops: Array) -> Array:
        """The array, of which the rows in [start, stop) (int64) are open; read no others."""
        if len(starts):
            width = self._dtype.itemsize
            self._open(starts * width // CHUNK, (np.maximum(stops, 1) * width - 1) // CHUNK)
        return self._values

    def whole(self) -> Array:
        """All of it."""
        chunks = np.arange(len(self._opened))
        self._open(chunks, chunks)
        return self._values

    def _open(self, first: Array, last: Array) -> None:
        wanted = np.zeros(len(self._opened), dtype=bool)
        wanted[first] = True
        for step in range(1, int((last - first).max()) + 1):
            wanted[np.minimum(first + step, last)] = True
        missing = np.flatnonzero(wanted & ~self._opened).tolist()
        if len(missing) < _WORTH_THREADS:
            self._reader.fill(self._buffer, missing)
        else:
            half = len(missing) // 2
            with ThreadPoolExecutor(1) as pool:
                ahead = pool.submit(self._another().fill, self._buffer, missing[half:])
                self._reader.fill(self._buffer, missing[:half])
                ahead.result()
        self._opened[missing] = True

    def _another(self) -> SealedReader:
        with self._path.open("rb") as stream:
            mapped = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
        return SealedReader(cast(IO[bytes], mapped), self._key, self._context)

    @cached_property
    def _reader(self) -> SealedReader:
        try:
            return self._another()
        except FileNotFoundError:
            raise Internal("the snapshot lacks a file", place=self._path.name) from None

    @cached_property
    def _buffer(self) -> memoryview:
        return _bytes(np.empty(self._reader.size, np.uint8))

    @cached_property
    def _values(self) -> Array:
        return np.frombuffer(self._buffer, self._dtype)

    @cached_property
    def _opened(self) -> npt.NDArray[np.bool_]:
        return np.zeros(max(1, -(-self._reader.size // CHUNK)), dtype=bool)


def _bytes(values: Array) -> memoryview:
    return memoryview(np.ascontiguousarray(values).view(np.uint8).data)
