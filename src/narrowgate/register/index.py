"""An index from 64-bit hashes to row numbers, in three sealed arrays, asked many keys at once.

    starts  uint32 (2^bits + 1): where each bucket begins; the bucket is the hash's first bits
    rests   uint32 (n): the 32 bits after them, ascending within a bucket
    values  uint32 (n): row numbers, ascending within equal hashes

Hashes are spread evenly (hashing.py), so that a bucket holds a few and is found without searching.
Between the bucket and the rest at least 32 + bits of the hash are compared.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from narrowgate.register.arrays import Array, Open, Write

_A_BUCKET = 4


@dataclass(frozen=True, slots=True)
class Hits:
    """`asked`: int64 (hits), which key; `values`: uint32 (hits), what it leads to; `counts`:
    int64 (keys), to how many rows each leads. Hits are in no order.
    """

    asked: npt.NDArray[np.int64]
    values: npt.NDArray[np.uint32]
    counts: npt.NDArray[np.int64]


def write_index(write: Write, name: str, hashes: Array, values: Array) -> None:
    """Write the index of `values` (uint32, n) under `hashes` (uint64, n)."""
    bits = _bits(len(hashes))
    order = np.lexsort((values, hashes))
    ordered = hashes[order]
    counts = np.bincount(_bucket(ordered, bits), minlength=1 << bits)
    starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.uint32)
    write(f"{name}-starts", starts)
    write(f"{name}-rests", _rest(ordered, bits))
    write(f"{name}-values", values[order].astype(np.uint32))


class Index:
    """Such an index, opened where it is asked."""

    def __init__(self, open_array: Open, name: str) -> None:
        self._starts, self._rests, self._values = (
            open_array(f"{name}-{part}", "<u4") for part in ("starts", "rests", "values")
        )

    def find(self, hashes: Array, most: int | None = None) -> Hits:
        """What each of `hashes` (uint64, m) leads to; of one that leads to more than `most`, the
        count alone. With a `most` of 0, counts alone.
        """
        bits = (len(self._starts) - 1).bit_length() - 1
        order = np.argsort(hashes)
        ordered = hashes[order]
        bucket = _bucket(ordered, bits)
        edges = self._starts.take(np.concatenate([bucket, bucket + 1])).astype(np.int64)
        which, places = spread(*np.split(edges, 2))
        rests = self._rests.take(places)
        same = rests == _rest(ordered, bits)[which]
        which, places = which[same], places[same]
        counts = np.bincount(which, minlength=len(hashes))
        if most is not None and len(counts) and counts.max() > most:
            light = counts[which] <= most
            which, places = which[light], places[light]
        values = self._values.take(places)
        told = np.empty_like(counts)
        told[order] = counts
        return Hits(order[which], values, told)


def spread(starts: Array, stops: Array) -> tuple[Array, Array]:
    """Every place in [start, stop) of every span, and of which span it is; both int64."""
    counts = stops - starts
    which = np.repeat(np.arange(len(counts)), counts)
    before = np.cumsum(counts) - counts
    return which, np.arange(len(which)) - (before - starts)[which]


def _bits(count: int) -> int:
    return max(1, (count // _A_BUCKET).bit_length())


def _bucket(hashes: Array, bits: int) -> npt.NDArray[np.int64]:
    return (hashes >> np.uint64(64 - bits)).astype(np.int64)


def _rest(hashes: Array, bits: int) -> npt.NDArray[np.uint32]:
    return (hashes >> np.uint64(32 - bits)).astype(np.uint32)
