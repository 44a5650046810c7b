"""Where judged rows wait for their partition: in memory, and beyond a bound on disk, sealed.

A spill is sorted by bucket, so that a partition reads of it little more than its own rows. The key
of the spills lives in this process only: what a crash leaves behind nobody can read.
"""

from __future__ import annotations

import secrets
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from narrowgate.keys.seal import SealedReader, SealedWriter
from narrowgate.register.rows import ROWS

ROWS_IN_MEMORY = 4_000_000


class Shelf:
    """Rows in ROWS, added in any order, taken by range of bucket. `rows`: how many in all."""

    def __init__(self, folder: Path, most: int | None = None) -> None:
        self.rows = 0
        self._most = ROWS_IN_MEMORY if most is None else most
        self._folder, self._key = folder, secrets.token_bytes(32)
        self._held: list[pa.Table] = []
        self._spills: list[Path] = []

    def add(self, rows: pa.Table) -> None:
        """Put rows on the shelf."""
        if not rows.num_rows:
            return
        self._held.append(rows)
        self.rows += rows.num_rows
        if sum(table.num_rows for table in self._held) >= self._most:
            self._spill()

    def take(self, low: int, high: int) -> pa.Table:
        """The rows with low <= bucket < high; they stay on the shelf."""
        among = (pa.compute.field("bucket") >= low) & (pa.compute.field("bucket") < high)
        held = [table.filter(among) for table in self._held]
        spilled = [self._read(path, low, high) for path in self._spills]
        return pa.concat_tables([ROWS.empty_table(), *held, *spilled])

    def clear(self) -> None:
        """Drop everything."""
        self._held.clear()
        while self._spills:
            self._spills.pop().unlink()

    def _spill(self) -> None:
        path = self._folder / f"spill-{len(self._spills)}"
        rows = pa.concat_tables(self._held).sort_by("bucket")
        with path.open("wb") as stream, SealedWriter(stream, self._key, path.name) as sealed:
            pq.write_table(rows, sealed, compression="lz4", row_group_size=1 << 17)
        self._spills.append(path)
        self._held.clear()

    def _read(self, path: Path, low: int, high: int) -> pa.Table:
        with path.open("rb") as stream, SealedReader(stream, self._key, path.name) as sealed:
            among = [("bucket", ">=", low), ("bucket", "<", high)]
            return pq.read_table(sealed, filters=among).cast(ROWS)
