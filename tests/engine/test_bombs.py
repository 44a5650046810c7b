"""A small file that unfolds without end is refused early, in little memory and little time."""

import gzip
import io
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from foreign import encode, save
from narrowgate.engine.read import read_table
from narrowgate.engine.unpack import Limits, ReadFault

TEN_GB = 10 << 30
# Reads the file in a process of its own whose memory ends at 1.5 GiB above what imports take.
READER = """
import resource, sys
from pathlib import Path
from narrowgate.request.records import read_records
import pyarrow.csv, pyarrow.json
taken = int(Path("/proc/self/statm").read_text().split()[0]) * 4096
resource.setrlimit(resource.RLIMIT_AS, (taken + (1536 << 20),) * 2)
table, _, faults = read_records(Path(sys.argv[1]))
assert table is None
print(faults[0].code, faults[0].place)
"""


def gzip_bomb(path: Path, line: bytes, head: bytes = b"") -> None:
    """10 GB in some 10 MB: one packed piece, written again and again as a further member."""
    piece = line * ((16 << 20) // len(line))
    member = gzip.compress(piece)
    with path.open("wb") as stream:
        stream.write(gzip.compress(head))
        for _ in range(TEN_GB // len(piece) + 1):
            stream.write(member)


def zstd_bomb(path: Path, line: bytes, head: bytes = b"") -> None:
    """The same in zstd frames."""
    piece = line * ((16 << 20) // len(line))
    frame = bytes(pa.compress(piece, "zstd", asbytes=True))
    with path.open("wb") as stream:
        stream.write(bytes(pa.compress(head or line, "zstd", asbytes=True)))
        for _ in range(TEN_GB // len(piece) + 1):
            stream.write(frame)


def dictionary_bomb(path: Path) -> None:
    """One text of 1 MiB, named by 10,000 rows."""
    rows = pa.DictionaryArray.from_arrays(
        pa.array([0] * (TEN_GB >> 20), pa.int32()), pa.array(["x" * (1 << 20)])
    )
    pq.write_table(pa.table({"record_id": rows}), path, compression="zstd")


def packed_parquet_bomb(path: Path) -> None:
    """Parquet by its first bytes, and then zeros."""
    gzip_bomb(path, bytes(1 << 20), head=b"PAR1")


BOMBS: dict[str, Callable[[Path], None]] = {
    "records.csv.gz": lambda path: gzip_bomb(path, b"1,MARIA\n", b"record_id,given_name\n"),
    "quoted.csv.gz": lambda path: gzip_bomb(path, b"x" * 64, b'record_id,given_name\n1,"'),
    "one line.csv.gz": lambda path: gzip_bomb(path, b"x" * 64),
    "zeros.csv.gz": lambda path: gzip_bomb(path, bytes(64)),
    "records.csv.zst": lambda path: zstd_bomb(path, b"1,MARIA\n", b"record_id,given_name\n"),
    "records.jsonl.gz": lambda path: gzip_bomb(path, b'{"reason":"' + b"x" * 500 + b'"}\n'),
    "one line.jsonl.zst": lambda path: zstd_bomb(path, b"[[[["),
    "records.parquet.gz": packed_parquet_bomb,
    "dictionary.parquet": dictionary_bomb,
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_before_it_unfolds(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    BOMBS[name](path)
    assert path.stat().st_size < 64 << 20
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", READER, str(path)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.returncode == 0, done.stderr[-2000:]
    code, place = done.stdout.strip().split(" ", 1)
    assert code in ("request.too_large", "request.unreadable")
    assert place.startswith(name)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    assert spent < 10, (spent, time.monotonic() - started)


def test_a_file_as_compressible_as_records_are_is_no_bomb(tmp_path: Path) -> None:
    text = io.StringIO()
    text.write("id,name\n")
    text.writelines(f"{number},MARIA MORALES OF OAK STREET\n" for number in range(2_200_000))
    path = tmp_path / "r.csv.gz"
    path.write_bytes(gzip.compress(text.getvalue().encode(), 6))
    table, _ = read_table(path, ("id", "name"))
    assert table.num_rows == 2_200_000


def test_rows_of_nothing_count_too(tmp_path: Path) -> None:
    path = tmp_path / "r.parquet"
    pq.write_table(pa.table({"id": pa.nulls(1_000_000, pa.string())}), path)
    assert path.stat().st_size < 4096
    with pytest.raises(ReadFault) as caught:
        read_table(path, ("id",), limits=Limits(plain_bytes=3_999_999))
    assert caught.value.fault_kind == "too_large"


@pytest.mark.parametrize("name", ["r.csv", "r.jsonl", "r.parquet"])
def test_the_bound_is_exact(tmp_path: Path, name: str) -> None:
    data = encode([{"id": "1"}] * 50, name[2:])
    path = save(tmp_path, name, data)
    sizes = {"r.csv": len(data), "r.jsonl": len(data), "r.parquet": 50 * 5}
    read_table(path, ("id",), limits=Limits(plain_bytes=sizes[name]))
    with pytest.raises(ReadFault) as caught:
        read_table(path, ("id",), limits=Limits(plain_bytes=sizes[name] - 1))
    assert caught.value.fault_kind == "too_large"
