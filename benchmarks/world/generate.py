"""Files of a made-up world: register.parquet, request.parquet and truth.parquet, block by block."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from .block import PEOPLE, Block, block_of, blocks_of
from .drafts import demanded
from .people import Rates
from .register import register_of
from .request import request_of

RATES = Rates()
_THREADS = 2


@dataclass(frozen=True, slots=True)
class Paths:
    """The three files. `truth`: record_id, person_id or null, lives_there (should be confirmed),
    kind (what was done to the record), in the order of the request.
    """

    register: Path
    request: Path
    truth: Path


def generate(
    people: int, records: int, seed: int, folder: Path, today: dt.date | None = None
) -> Paths:
    """Write a register of `people`, a quarter more rows, and a request of `records` about adults
    among them (at most one a person). The register depends on people and seed alone; a request's
    dates on `today` (default: the UTC date).
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = Paths(*(folder / f"{name}.parquet" for name in ("register", "request", "truth")))
    asked = []
    part = partial(_block, people=people, records=records, seed=seed)
    with Rows(paths.register) as register, ThreadPoolExecutor(_THREADS) as pool:
        for numbers in _batched(range(blocks_of(people)), _THREADS * 4):
            for rows, about in pool.map(part, numbers):
                register.add(rows)
                asked.append(about)
    wanted = pa.concat_tables(asked)
    wanted = wanted.take(pa.array(np.random.default_rng([seed, 3]).permutation(wanted.num_rows)))
    write_request(wanted, paths, today or dt.datetime.now(tz=dt.UTC).date())
    return paths


def write_request(wanted: pa.Table, paths: Paths, today: dt.date) -> None:
    """Write request and truth; `wanted` has drafts.TEXTS and the truth's columns, without ids."""
    kept = ("person_id", "lives_there", "kind")
    texts = {
        name: wanted[name].combine_chunks() for name in wanted.column_names if name not in kept
    }
    request = pa.table(demanded(texts, 0, today))
    pq.write_table(request, paths.request)
    truth = wanted.select(kept).add_column(0, "record_id", request["record_id"])
    pq.write_table(truth, paths.truth)


class Rows:
    """A Parquet file written table by table."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._writer: pq.ParquetWriter | None = None

    def __enter__(self) -> Rows:
        return self

    def add(self, rows: pa.Table) -> None:
        """Write these rows behind the others."""
        if self._writer is None:
            self._writer = pq.ParquetWriter(self.path, rows.schema, compression="zstd")
        self._writer.write_table(rows)

    def __exit__(self, *_: object) -> None:
        if self._writer is not None:
            self._writer.close()


def _batched(numbers: range, size: int) -> Iterator[range]:
    """Runs of at most `size` numbers."""
    for first in range(0, len(numbers), size):
        yield numbers[first : first + size]


def _block(number: int, people: int, records: int, seed: int) -> tuple[pa.Table, pa.Table]:
    """The rows of a block, and what is asked about its people."""
    block = block_of(number, people, seed, RATES)
    return register_of(block, RATES.former_names), _asked(block, people, records, seed)


def _asked(block: Block, people: int, records: int, seed: int) -> pa.Table:
    """The block's share of the records, with their truth."""
    first = block.number * PEOPLE
    until = min(first + PEOPLE, people)
    share = records * until // people - records * first // people
    texts, truth = request_of(block, share, seed)
    return pa.table({**texts, **{name: truth[name] for name in truth.column_names}})
