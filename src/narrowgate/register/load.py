"""Loading a register: rows judged, partitions built and sealed, the whole renamed into place.

A load that is cut off leaves a temporary folder that nothing names; the same content loaded again
is the same snapshot. Nothing of the register is ever written unsealed.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from narrowgate.engine.duck import connect
from narrowgate.engine.read import read_batches
from narrowgate.errors import BadInput
from narrowgate.keys.seal import SealedWriter, seal_bytes
from narrowgate.register.mapping import Mapping, read_mapping
from narrowgate.register.partition import TABLES, Built, build
from narrowgate.register.rows import ROWS, judge

FORMAT = "narrowgate-snapshot/1"
HEADER = "header"
BUCKETS = 256
_ROWS_A_PARTITION = 2_000_000
_NEEDED = ("person_id", "given_name", "family_name", "address_line1")


@dataclass(frozen=True, slots=True)
class Loaded:
    """A snapshot as loaded: counts, its folder, and the rejects file where there are any."""

    digest: str
    people: int
    addresses: int
    rejected: int
    path: Path
    rejects: Path | None


def load(
    sources: Sequence[Path],
    *,
    mapping: Path | None,
    partitions: int | None,
    target: Path,
    key: bytes,
) -> Loaded:
    """Load `sources` as one register into `target`/`sha256-...`, sealed under `key` (32 bytes).

    Raises BadInput for a file that cannot be read, or of which no row can be taken. Rows that
    cannot be taken are counted and listed in `target`/rejects-....csv.
    """
    columns = read_mapping(mapping)
    con = connect()
    target.mkdir(parents=True, exist_ok=True)
    work = target / f".loading-{secrets.token_hex(4)}"
    work.mkdir()
    rejects = _Rejects(work / "rejects.csv")
    try:
        taken = [rows for source in sources for rows in _judged(con, source, columns, rejects)]
        rows = pa.concat_tables(taken) if taken else ROWS.empty_table()
        if not rows.num_rows:
            raise BadInput(
                f"no row can be taken; {rejects.count:,} rejected",
                place=", ".join(source.name for source in sources),
                mend=rejects.first or "The files hold no rows.",
            )
        return _write(con, rows, partitions, target, work, key, rejects)
    finally:
        rejects.close()
        shutil.rmtree(work, ignore_errors=True)
        con.close()


def _judged(
    con: duckdb.DuckDBPyConnection, source: Path, mapping: Mapping, rejects: _Rejects
) -> Iterator[pa.Table]:
    _, batches = read_batches(
        source,
        mapping.sources,
        required=[mapping.columns[name] for name in _NEEDED],
        ignored=mapping.ignored,
        loose=True,
    )
    first = 1
    for batch in batches:
        rows, rejected = judge(con, mapping.ours(batch), first)
        rejects.add(source.name, rejected)
        first += batch.num_rows
        yield rows


def _write(
    con: duckdb.DuckDBPyConnection,
    rows: pa.Table,
    partitions: int | None,
    target: Path,
    work: Path,
    key: bytes,
    rejects: _Rejects,
) -> Loaded:
    count = partitions or -(-rows.num_rows // _ROWS_A_PARTITION)
    count = max(1, min(count, BUCKETS))
    buckets: dict[int, str] = {}
    people = addresses = 0
    load_id = secrets.token_hex(16)
    parts: list[dict[str, str]] = []
    for number in range(count):
        built = build(con, _part(rows, number, count))
        buckets |= built.buckets
        people, addresses = people + built.people, addresses + built.addresses
        rejects.contradictions += built.contradicting_rows
        parts.append(_seal(built, work, number, key, load_id))
    content = "".join(f"{bucket}:{buckets[bucket]}\n" for bucket in sorted(buckets))
    digest = "sha256:" + hashlib.sha256(f"{FORMAT}\n{content}".encode()).hexdigest()
    header = {
        "format": FORMAT,
        "load": load_id,
        "digest": digest,
        "people": people,
        "addresses": addresses,
        "partitions": parts,
    }
    rejected = rejects.close()
    kept = None
    if rejected:
        kept = target / f"rejects-{digest[-12:]}.csv"
        os.replace(rejects.path, kept)  # noqa: PTH105
    rejects.path.unlink(missing_ok=True)
    folder = target / digest.replace(":", "-")
    sealed = seal_bytes(key, f"snapshot {digest}", json.dumps(header).encode())
    (work / HEADER).write_bytes(sealed)
    if not folder.exists():
        _durable(work)
        os.replace(work, folder)  # noqa: PTH105
        _sync(target)
    return Loaded(digest, people, addresses, rejected, folder, kept)


def _part(rows: pa.Table, number: int, count: int) -> pa.Table:
    if count == 1:
        return rows
    low, high = -(-number * BUCKETS // count), -(-(number + 1) * BUCKETS // count)
    bucket = rows["bucket"]
    return rows.filter(pc.and_(pc.greater_equal(bucket, low), pc.less(bucket, high)))


def _seal(built: Built, work: Path, number: int, key: bytes, load_id: str) -> dict[str, str]:
    """Write a partition's tables; returns the SHA-256 of each sealed file, by file name.

    Each is sealed under this load's id and its own name: no file can stand in for another.
    """
    digests = {}
    for table in TABLES:
        name = f"part-{number:04}-{table}"
        with (work / name).open("wb") as stream:
            with SealedWriter(stream, key, f"{load_id} {name}") as sealed:
                pq.write_table(
                    built.tables[table], sealed, compression="lz4", row_group_size=1 << 18
                )
            stream.flush()
            os.fsync(stream.fileno())
        with (work / name).open("rb") as stream:
            digests[name] = hashlib.file_digest(stream, "sha256").hexdigest()
    return digests


class _Rejects:
    """The rejects file, written as they come: file, row, column, reason."""

    def __init__(self, path: Path) -> None:
        self.path, self.count, self.contradictions, self.first = path, 0, 0, ""
        self._stream = path.open("w", newline="")
        self._writer = csv.writer(self._stream)
        self._writer.writerow(("file", "row", "column", "reason"))

    def add(self, file: str, rejects: pa.Table) -> None:
        """Add one batch's rejects."""
        for reject in rejects.to_pylist():
            self._writer.writerow((file, reject["row"], reject["column"], reject["reason"]))
            if not self.count:
                self.first = (
                    f"First: {file} row {reject['row']}, column {reject['column']}: "
                    f"{reject['reason']}."
                )
            self.count += 1

    def close(self) -> int:
        """Finish the file; returns how many rows were rejected in all. May be called again."""
        if self.contradictions and not self._stream.closed:
            reason = f"{self.contradictions} rows of people whose rows contradict each other"
            self._writer.writerow(("", "", "tin or date_of_birth", reason))
        self._stream.close()
        return self.count + self.contradictions


def _durable(folder: Path) -> None:
    for path in folder.iterdir():
        with path.open("rb") as stream:
            os.fsync(stream.fileno())
    _sync(folder)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
