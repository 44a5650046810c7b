"""The digest of a register's content: the same for any order of rows, number of partitions and
compression.

Of each bucket, the SHA-256 (FIPS 180-4) of its people, names and homes: three tables in standard
form, without doubles and in a total order, column after column, each as its lengths and then its
bytes. load.py hashes the buckets' digests, in their order, once more.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from narrowgate.engine.hashing import text_buffers
from narrowgate.register.arrays import Array

if TYPE_CHECKING:
    from hashlib import _Hash as _Digest

BUCKETS = 256
"""Ranges of people's keys, by their first byte."""

_NONE = np.iinfo(np.int64).min


@dataclass(frozen=True, slots=True, eq=False)
class _Column:
    """n values. `numbers`: int64, the least for none; of a text its bytes, -1 for none. `bounds`:
    where texts begin in `letters` (int64, n + 1); None of numbers. `whose`: numbers of people.
    """

    numbers: Array
    bounds: Array | None
    letters: Array
    whose: bool

    def add(self, digest: _Digest, rows: slice, first_person: int) -> None:
        """Hash these rows; people are counted from the bucket's first."""
        numbers = self.numbers[rows] - (first_person if self.whose else 0)
        digest.update(np.ascontiguousarray(numbers, "<i8").data)
        if self.bounds is not None:
            start, stop = self.bounds[rows.start], self.bounds[rows.stop]
            digest.update(self.letters[start:stop].data)


def bucket_digests(people: pa.Table, names: pa.Table, homes: pa.Table) -> dict[int, str]:
    """By number of the bucket, the first byte of the person's key (block.py has the tables).

    Hexadecimal; a bucket of nobody has none.
    """
    keys = np.frombuffer(people["key"].combine_chunks().buffers()[2], np.uint8)
    firsts = np.searchsorted(keys[: 16 * people.num_rows : 16], np.arange(BUCKETS + 1))
    tables = [(_columns(people), firsts)]
    for table in (names, homes):
        edges = np.searchsorted(table["person"].to_numpy(), firsts.astype(np.uint32))
        tables.append((_columns(table), edges))
    digests = {}
    for bucket in np.flatnonzero(np.diff(firsts)):
        digest = hashlib.sha256()
        for columns, edges in tables:
            rows = slice(int(edges[bucket]), int(edges[bucket + 1]))
            digest.update(f"{rows.stop - rows.start}\n".encode())
            for column in columns:
                column.add(digest, rows, int(firsts[bucket]))
        digests[int(bucket)] = digest.hexdigest()
    return digests


def _columns(table: pa.Table) -> list[_Column]:
    return [_column(table[name].combine_chunks(), name) for name in table.column_names]


def _column(values: pa.Array, name: str) -> _Column:
    if pa.types.is_binary(values.type) or pa.types.is_string(values.type):
        starts, lengths, letters = text_buffers(values.view(pa.string()))
        numbers = np.where(values.is_valid().to_numpy(zero_copy_only=False), lengths, -1)
        end = starts[-1:] + lengths[-1:]
        return _Column(numbers, np.concatenate([starts, end]), letters, whose=False)
    if pa.types.is_date32(values.type):
        values = values.cast(pa.int32())
    whole = values.cast(pa.int64())
    numbers = pc.fill_null(whole, _NONE).to_numpy() if whole.null_count else whole.to_numpy()
    return _Column(numbers, None, np.zeros(0, np.uint8), whose=name == "person")
