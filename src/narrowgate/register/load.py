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
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from narrowgate.engine.hashing import KEY_BYTES, Hasher
from narrowgate.engine.read import read_batches
from narrowgate.errors import BadInput
from narrowgate.keys.seal import seal_bytes
from narrowgate.register.arrays import ArrayFiles
from narrowgate.register.block import Block, block_of
from narrowgate.register.content import BUCKETS
from narrowgate.register.judges import judged_batches
from narrowgate.register.layout import FORMAT, HEADER
from narrowgate.register.mapping import Mapping, read_mapping
from narrowgate.register.partition import Partition
from narrowgate.register.rejects import Rejects
from narrowgate.register.shelf import Shelf
from narrowgate.register.words import Dictionary

_ROWS_A_PARTITION = 32_000_000
_ROWS_A_BLOCK = 1_000_000
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
    target.mkdir(parents=True, exist_ok=True)
    work = target / f".loading-{secrets.token_hex(4)}"
    work.mkdir()
    rejects = Rejects(work / "rejects.csv", [source.name for source in sources])
    try:
        shelf = Shelf(work)
        protected = [
            _read(source, number, columns, shelf, rejects) for number, source in enumerate(sources)
        ]
        if not shelf.rows:
            raise BadInput(
                f"no row can be taken; {rejects.count:,} rejected",
                place=", ".join(source.name for source in sources),
                mend=rejects.first or "The files hold no rows.",
            )
        written = _write(shelf, pa.concat_tables(protected), partitions, work, key, rejects)
        shelf.clear()
        return _placed(written, rejects, work, target, key)
    finally:
        rejects.close()
        shutil.rmtree(work, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class _Written:
    """The header of a snapshot whose arrays lie in the work folder."""

    load: str
    digest: str
    hash_key: bytes
    people: int
    addresses: int
    partitions: int
    files: dict[str, str]


def _read(source: Path, number: int, mapping: Mapping, shelf: Shelf, rejects: Rejects) -> pa.Table:
    """Judge one source's rows onto the shelf; returns the ids of people it protects."""
    reading = read_batches(
        source,
        mapping.sources,
        required=[*{mapping.columns[name] for name in _NEEDED} | mapping.named],
        ignored=mapping.ignored,
        loose=True,
    )
    protected = [pa.array([], pa.string())]
    for judged in judged_batches(map(mapping.ours, reading.batches), number):
        rejects.add(judged.rejects)
        shelf.add(judged.taken)
        protected += judged.protected.chunks
    return pa.table({"id": pa.chunked_array(protected).unique()})


def _write(
    shelf: Shelf,
    protected: pa.Table,
    partitions: int | None,
    work: Path,
    key: bytes,
    rejects: Rejects,
) -> _Written:
    """Build and seal the partitions, each the people of a range of buckets."""
    count = partitions or -(-shelf.rows // _ROWS_A_PARTITION)
    count = max(1, min(count, BUCKETS))
    load_id, hash_key = secrets.token_hex(16), secrets.token_bytes(KEY_BYTES)
    arrays, dictionary, hasher = ArrayFiles(work, key, load_id), Dictionary(), Hasher(hash_key)
    built = [Partition(number, arrays.append, dictionary, hasher) for number in range(count)]
    try:
        for partition, low, high in zip(built, *_ranges(0, BUCKETS, count), strict=True):
            for block in _blocks(shelf, low, high, protected):
                partition.add(block)
            partition.finish(arrays.append)
        dictionary.write(arrays.append, hasher)
    except BaseException:
        arrays.abandon()
        raise
    left_out = pa.concat_tables([table for partition in built for table in partition.rejects])
    rejects.add(left_out.sort_by([("file", "ascending"), ("row", "ascending")]))
    digests = {bucket: of for partition in built for bucket, of in partition.digests.items()}
    content = "".join(f"{bucket}:{digests[bucket]}\n" for bucket in sorted(digests))
    digest = "sha256:" + hashlib.sha256(f"{FORMAT}\n{content}".encode()).hexdigest()
    people, addresses = (
        sum(getattr(partition, name) for partition in built) for name in ("people", "addresses")
    )
    return _Written(load_id, digest, hash_key, people, addresses, count, arrays.close())


def _blocks(shelf: Shelf, low: int, high: int, protected: pa.Table) -> Iterator[Block]:
    """The blocks of a range of buckets, in order, each made by a thread ahead of its turn."""
    rows = shelf.rows * (high - low) // BUCKETS
    count = max(1, min(-(-rows // _ROWS_A_BLOCK), high - low))
    workers = os.cpu_count() or 1
    ahead: deque[Future[Block]] = deque()
    with ThreadPoolExecutor(workers) as pool:
        for first, stop in zip(*_ranges(low, high, count), strict=True):
            ahead.append(pool.submit(lambda *of: block_of(shelf.take(*of), protected), first, stop))
            if len(ahead) > workers:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()


def _ranges(low: int, high: int, count: int) -> tuple[list[int], list[int]]:
    """`low` to `high` in `count` ranges as even as can be: where they begin, where they end."""
    edges = [low + (high - low) * number // count for number in range(count + 1)]
    return edges[:-1], edges[1:]


def _placed(written: _Written, rejects: Rejects, work: Path, target: Path, key: bytes) -> Loaded:
    """Seal the header, keep the rejects, and rename the whole into place, unless it is there."""
    header = {
        "format": FORMAT,
        "load": written.load,
        "digest": written.digest,
        "hash_key": written.hash_key.hex(),
        "people": written.people,
        "addresses": written.addresses,
        "partitions": written.partitions,
        "files": written.files,
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
