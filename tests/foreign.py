"""Files of every format and packing, made from the same rows."""

import csv
import gzip
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

Row = Mapping[str, str | None]
PLAIN = ("csv", "jsonl", "parquet")
PACKED = ("", ".gz", ".zst")


def encode(rows: Sequence[Row], kind: str) -> bytes:
    """The rows as bytes of that format. Columns are those of the first row."""
    columns = list(rows[0])
    if kind == "csv":
        text = io.StringIO(newline="")
        writer = csv.writer(text)
        writer.writerow(columns)
        writer.writerows([row[name] or "" for name in columns] for row in rows)
        return text.getvalue().encode()
    if kind == "jsonl":
        return "".join(json.dumps(dict(row)) + "\n" for row in rows).encode()
    sink = pa.BufferOutputStream()
    schema = pa.schema([(name, pa.string()) for name in columns])
    pq.write_table(pa.Table.from_pylist([dict(row) for row in rows], schema), sink)
    return bytes(sink.getvalue())


def parquet(**columns: pa.Array) -> bytes:
    """A Parquet file of these columns."""
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table(columns), sink)
    return bytes(sink.getvalue())


def pack(data: bytes, ending: str) -> bytes:
    """`data` packed as the ending says."""
    if ending == ".gz":
        return gzip.compress(data)
    return bytes(pa.compress(data, "zstd", asbytes=True)) if ending == ".zst" else data


def save(folder: Path, name: str, data: bytes) -> Path:
    """A file of that name."""
    path = folder / name
    path.write_bytes(data)
    return path
