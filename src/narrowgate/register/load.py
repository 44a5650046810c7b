"""Loading a register: rows judged, partitions built and sealed, the whole renamed into place.

A load that is cut off leaves a temporary folder that nothing names; the same content loaded again
is the same snapshot. Nothing of the register is ever written unsealed. Of rows, those that do not
fit into a bounded memory wait on disk, sealed, until their partition is built (shelf.py).
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from narrowgate.engine.duck import connect
from narrowgate.engine.read import read_batches
from narrowgate.errors import BadInput
from narrowgate.keys.seal import SealedWriter, seal_bytes
from narrowgate.register.mapping import Mapping, read_mapping
from narrowgate.register.partition import TABLES, build
from narrowgate.register.rejects import Rejects
from narrowgate.register.rows import judge
from narrowgate.register.shelf import Shelf

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
    rejects = Rejects(work / "rejects.csv", [source.name for source in sources])
    try:
        shelf = Shelf(work)
        protected = [
            _read(con, source, number, columns, shelf, rejects)
            for number, source in enumerate(sources)
        ]
        if not shelf.rows:
            raise BadInput(
                f"no row can be taken; {rejects.count:,} rejected",
                place=", ".join(source.name for source in sources),
                mend=rejects.first or "The files hold no rows.",
            )
        written = _write(con, shelf, pa.concat_tables(protected), partitions, work, key, rejects)
        shelf.clear()
        return _placed(written, rejects, work, target, key)
    finally:
        rejects.close()
        shutil.rmtree(work, ignore_errors=True)
        con.close()


@dataclass(frozen=True, slots=True)
class _Written:
    """The header of a snapshot whose tables lie in the work folder."""

    load: str
    digest: str
    people: int
    addresses: int
    files: list[dict[str, str]]


def _read(
    con: duckdb.DuckDBPyConnection,
    source: Path,
    number: int,
    mapping: Mapping,
    shelf: Shelf,
    rejects: Rejects,
) -> pa.Table:
    """Judge one source's rows onto the shelf; returns the ids of people it protects."""
    _, batches = read_batches(
        source,
        mapping.sources,
        required=[*{mapping.columns[name] for name in _NEEDED} | mapping.named],
        ignored=mapping.ignored,
        loose=True,
    )
    first, protected = 1, [pa.array([], pa.string())]
    for batch in batches:
        judged = judge(con, mapping.ours(batch), number, first)
        rejects.add(judged.rejects)
        shelf.add(judged.taken)
        protected += judged.protected.chunks
        first += batch.num_rows
    return pa.table({"id": pa.chunked_array(protected).unique()})


def _write(
    con: duckdb.DuckDBPyConnection,
    shelf: Shelf,
    protected: pa.Table,
    partitions: int | None,
    work: Path,
    key: bytes,
    rejects: Rejects,
) -> _Written:
    """Build and seal each partition: the people of a range of buckets."""
    count = partitions or -(-shelf.rows // _ROWS_A_PARTITION)
    count = max(1, min(count, BUCKETS))
    load_id = secrets.token_hex(16)
    buckets: dict[int, str] = {}
    people = addresses = 0
    left_out, files = [], []
    for number in range(count):
        low, high = (-(-edge * BUCKETS // count) for edge in (number, number + 1))
        built = build(con, shelf.take(low, high), protected)
        buckets |= built.buckets
        people += built.tables["people"].num_rows
        addresses += built.tables["addresses"].num_rows
        left_out.append(built.rejects)
        files.append(_seal(built.tables, work, number, key, load_id))
    rejects.add(pa.concat_tables(left_out).sort_by([("file", "ascending"), ("row", "ascending")]))
    content = "".join(f"{bucket}:{buckets[bucket]}\n" for bucket in sorted(buckets))
    digest = "sha256:" + hashlib.sha256(f"{FORMAT}\n{content}".encode()).hexdigest()
    return _Written(load_id, digest, people, addresses, files)


def _seal(
    tables: dict[str, pa.Table], work: Path, number: int, key: bytes, load_id: str
) -> dict[str, str]:
    """Write a partition's tables; returns the SHA-256 of each sealed file, by file name.

    Each is sealed under this load's id and its own name: no file can stand in for another.
    """
    digests = {}
    for table in TABLES:
        name = f"part-{number:04}-{table}"
        with (work / name).open("wb") as stream:
            with SealedWriter(stream, key, f"{load_id} {name}") as sealed:
                pq.write_table(tables[table], sealed, **_ENCODING[table])
            stream.flush()
            os.fsync(stream.fileno())
        with (work / name).open("rb") as stream:
            digests[name] = hashlib.file_digest(stream, "sha256").hexdigest()
    return digests


def _placed(written: _Written, rejects: Rejects, work: Path, target: Path, key: bytes) -> Loaded:
    """Seal the header, keep the rejects, and rename the whole into place, unless it is there."""
    header = {
        "format": FORMAT,
        "load": written.load,
        "digest": written.digest,
        "people": written.people,
        "addresses": written.addresses,
        "partitions": written.files,
    }
    rejects.close()
    kept = target / f"rejects-{written.digest[-12:]}.csv" if rejects.count else None
    if kept is not None:
        os.replace(rejects.path, kept)  # noqa: PTH105
    rejects.path.unlink(missing_ok=True)
    sealed = seal_bytes(key, f"snapshot {written.digest}", json.dumps(header).encode())
    (work / HEADER).write_bytes(sealed)
    folder = target / written.digest.replace(":", "-")
    if not folder.exists():
        _durable(work)
        os.replace(work, folder)  # noqa: PTH105
        _sync(target)
    return Loaded(written.digest, written.people, written.addresses, rejects.count, folder, kept)


# Keys are random and sorted: neither dictionary nor compression gains anything on them.
_PLAIN = {"compression": "none", "use_dictionary": False, "row_group_size": 1 << 18}
_PACKED = {"compression": "lz4", "row_group_size": 1 << 18}
_ENCODING = {table: _PLAIN if table == "postings" else _PACKED for table in TABLES}


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
