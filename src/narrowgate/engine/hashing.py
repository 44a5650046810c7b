"""64-bit hashes of texts and numbers, over whole columns, under a key that each load draws anew.

The multilinear family (Carter and Wegman 1979; Lemire and Kaser, Strongly universal string hashing
is fast, 2014, section 3): the words of 32 bits of a text, and its length, times random numbers of
64 bits, summed modulo 2^64, the upper 32 bits of the sum kept; twice with independent numbers. Any
two different texts meet with probability 2^-64, and nobody who does not hold the key can make some
that do.
"""

from __future__ import annotations

import hashlib
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Array: TypeAlias = npt.NDArray[Any]
Hashes: TypeAlias = npt.NDArray[np.uint64]

KEY_BYTES = 32
_UPPER = np.uint64(0xFFFFFFFF00000000)
_HALF = np.uint64(32)
_BLOCK = 1 << 14
"""Texts at a time, so that what is summed up stays in the processor's own memory."""


class Hasher:
    """Hashes under one `key` (32 bytes), of 64 bits, or of `width` times as many; equal values of
    different `domain` differ.
    """

    def __init__(self, key: bytes, width: int = 1) -> None:
        self._key, self._width = key, width
        self._drawn = np.empty((2 * width, 0), np.uint64)

    def numbers(self, domain: int, *columns: Array) -> Hashes:
        """Of rows of integers, each taken modulo 2^32; (n,), or (n, width)."""
        coefficients = self._coefficients(len(columns) + 1)
        sums = [np.full(len(columns[0]), _times(c[0], domain)) for c in coefficients]
        for place, column in enumerate(columns, start=1):
            word = column.astype(np.uint32).astype(np.uint64)
            sums = [total + word * c[place] for total, c in zip(sums, coefficients, strict=True)]
        return self._joined(sums)

    def texts(self, domain: int, texts: pa.Array) -> Hashes:
        """Of texts (UTF-8); (n,), or (n, width). A null has a hash of no meaning."""
        starts, lengths, letters = text_buffers(texts)
        if len(starts) <= _BLOCK:
            return self._hashed(domain, starts, lengths, letters)
        blocks = [slice(at, at + _BLOCK) for at in range(0, len(starts), _BLOCK)]
        return np.concatenate(
            [self._hashed(domain, starts[rows], lengths[rows], letters) for rows in blocks]
        )

    def _hashed(self, domain: int, starts: Array, lengths: Array, letters: Array) -> Hashes:
        longest = int(lengths.max()) if len(lengths) else 0
        coefficients = self._coefficients(-(-longest // 4) + 2)
        sums = [lengths.astype(np.uint64) * c[1] + _times(c[0], domain) for c in coefficients]
        rows: Array | slice = slice(None)
        there, left = starts.copy(), lengths.copy()
        for at in range(0, longest, 4):
            # A text that has ended adds nothing; when most have, only the others are looked at.
            if at % 32 == 0 and np.count_nonzero(left > 0) * 2 < len(left):
                longer = np.flatnonzero(left > 0)
                rows = longer if isinstance(rows, slice) else rows[longer]
                there, left = there[longer], left[longer]
            word = word_at(letters, there, left)
            for total, c in zip(sums, coefficients, strict=True):
                total[rows] += word * c[at // 4 + 2]
            there += 4
            left -= 4
        return self._joined(sums)

    def _coefficients(self, count: int) -> Array:
        """Random numbers, the same for the same key (SHAKE-256, FIPS 202); (2 x width, count)."""
        if self._drawn.shape[1] < count:
            count = max(64, 2 * count)
            drawn = [
                np.frombuffer(hashlib.shake_256(bytes([side]) + self._key).digest(8 * count), "<u8")
                for side in range(2 * self._width)
            ]
            self._drawn = np.stack(drawn)
        return self._drawn

    def _joined(self, sums: list[Hashes]) -> Hashes:
        """Two sums of 64 bits make one hash: the upper halves."""
        hashes = [
            (one & _UPPER) | (other >> _HALF)
            for one, other in zip(sums[::2], sums[1::2], strict=True)
        ]
        return hashes[0] if self._width == 1 else np.stack(hashes, axis=1)


def _times(coefficient: np.uint64, number: int) -> np.uint64:
    return np.uint64(int(coefficient) * number % (1 << 64))


def text_buffers(texts: pa.Array) -> tuple[Array, Array, Array]:
    """Starts and lengths (int64, bytes; 0 for null) of texts (string or large_string), and the
    letters behind them all, with four bytes of nothing after the last.
    """
    count, at = len(texts), texts.offset
    if not count or texts.null_count == count:
        return np.zeros(count, np.int64), np.zeros(count, np.int64), np.zeros(4, np.uint8)
    _, offsets, data = texts.buffers()
    width = np.int64 if pa.types.is_large_string(texts.type) else np.int32
    bounds = np.frombuffer(offsets, width)[at : at + count + 1].astype(np.int64)
    first, stop = int(bounds[0]), int(bounds[-1])
    letters = np.zeros(stop - first + 4, np.uint8)
    if stop > first:
        letters[: stop - first] = np.frombuffer(data, np.uint8)[first:stop]
    lengths = np.diff(bounds)
    if texts.null_count:
        lengths = np.where(texts.is_valid().to_numpy(zero_copy_only=False), lengths, 0)
    return bounds[:-1] - first, lengths, letters


def word_at(letters: Array, starts: Array, left: Array) -> Array:
    """Up to four letters from each start as one number, the first lowest; at most `left`, and 0
    where there is none left.
    """
    words = np.ndarray((len(letters) - 3,), "<u4", letters, strides=(1,))
    some = left > 0
    word = words[np.where(some, starts, 0)]
    return np.asarray((word & _KEPT[np.clip(left, 0, 4)]).astype(np.uint64))


_KEPT = np.array([0, 0xFF, 0xFFFF, 0xFFFFFF, 0xFFFFFFFF], np.uint32)
