"""A snapshot, opened lazily: nothing of the register is read before the first question.

Files are authenticated chunk by chunk as they are read (keys/seal.py); columns that a question does
not name are not read at all.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from narrowgate.errors import Internal, NotFound
from narrowgate.keys.seal import SealedReader, unseal_bytes
from narrowgate.register.load import FORMAT, HEADER


@dataclass(frozen=True)
class Snapshot:
    """A loaded register: `folder` and the key that seals it. `digest` is the folder's name."""

    folder: Path
    key: bytes

    @classmethod
    def open(cls, folder: Path, key: bytes) -> Snapshot:
        """The snapshot in `folder`. Reads nothing."""
        return cls(folder, key)

    @property
    def digest(self) -> str:
        """What the log and every answer name it by."""
        return self.folder.name.replace("-", ":", 1)

    @cached_property
    def header(self) -> dict[str, Any]:
        """Counts and files. Raises NotFound without a snapshot, Internal for another's header."""
        try:
            sealed = (self.folder / HEADER).read_bytes()
        except FileNotFoundError:
            raise NotFound("the snapshot is gone", place=self.digest) from None
        opened = unseal_bytes(self.key, f"snapshot {self.digest}", sealed)
        header: dict[str, Any] = json.loads(opened)
        if header["format"] != FORMAT or header["digest"] != self.digest:
            raise Internal("the snapshot's header is not its own", place=self.digest)
        return header

    @property
    def partitions(self) -> int:
        """How many parts there are; a question is put to each."""
        return len(self.header["partitions"])

    def table(self, partition: int, name: str, columns: Sequence[str] | None = None) -> pa.Table:
        """One table of a partition (partition.py names them), or some of its columns."""
        path = self.folder / f"part-{partition:04}-{name}"
        if path.name not in self.header["partitions"][partition]:
            raise Internal("the snapshot has no such file", place=path.name)
        context = f"{self.header['load']} {path.name}"
        with path.open("rb") as stream, SealedReader(stream, self.key, context) as reader:
            return pq.read_table(reader, columns=list(columns) if columns is not None else None)
