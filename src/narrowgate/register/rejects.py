"""The rejects file: which rows were not taken, and why; never what stood in them.

`row` counts the records of the file from 1; `line` is where it stands in a text file (one more in
CSV, for its header) as long as no field has line breaks of its own, and empty for Parquet.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from narrowgate.engine.read import format_of

_LINES_BEFORE = {"csv": 1, "jsonl": 0}


class Rejects:
    """Written as they come. `count`: so far. `first`: the first in words, for an error."""

    def __init__(self, path: Path, sources: Sequence[str]) -> None:
        self.path, self.count, self.first = path, 0, ""
        self._sources = sources
        self._stream = path.open("w", newline="", encoding="utf-8")
        self._writer = csv.writer(self._stream)
        self._writer.writerow(("file", "row", "line", "column", "reason"))

    def add(self, rejects: pa.Table) -> None:
        """Add rows, in REJECTS (rows.py)."""
        columns = (rejects[name].to_pylist() for name in ("file", "row", "column", "reason"))
        lines = [
            (self._sources[file], row, self._line(file, row), column, reason)
            for file, row, column, reason in zip(*columns, strict=True)
        ]
        self._writer.writerows(lines)
        if lines and not self.count:
            file, row, _, column, reason = lines[0]
            self.first = f"First: {file} row {row}, column {column}: {reason}."
        self.count += len(lines)

    def close(self) -> None:
        """Finish the file. May be called again."""
        self._stream.close()

    def _line(self, file: int, row: int) -> int | str:
        before = _LINES_BEFORE.get(format_of(Path(self._sources[file])))
        return "" if before is None else row + before
