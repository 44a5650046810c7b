"""One reader of foreign tables: CSV, JSON Lines and Parquet, plain or packed, into text columns.

What comes out has all columns asked for, in order, each `string`, null where blank. What cannot be
read is a ReadFault that names file, line (or row) and column, what was expected and what to do,
and never the value. Nothing is guessed: dates become ISO 8601, whole numbers their digits, and
anything else that is not text is a fault.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from narrowgate.engine.columnar import Columnar
from narrowgate.engine.delimited import read_delimited
from narrowgate.engine.lines import JsonLines, shown, unknown_columns
from narrowgate.engine.unpack import Limits, ReadFault, Source

FORMATS = {".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet"}
_ZERO, _NULL = pa.scalar(0, pa.int32()), pa.scalar(None, pa.string())


class Reading(NamedTuple):
    """`columns`: names of the file's columns; of JSON Lines they are complete once all has been
    read. `batches`: the records, as text in the columns asked for.
    """

    columns: Sequence[str]
    batches: Iterator[pa.RecordBatch]


def format_of(path: Source) -> str:
    """`csv`, `jsonl` or `parquet`, by the ending before .gz or .zst. Raises ReadFault."""
    name = path.name.lower()
    suffix = Path(name.removesuffix(".gz").removesuffix(".zst")).suffix
    if suffix not in FORMATS:
        raise ReadFault(
            "unreadable",
            "the ending is none that is read",
            place=path.name,
            mend="Use .csv, .jsonl or .parquet, and .gz or .zst behind it if packed.",
        )
    return FORMATS[suffix]


def read_table(
    path: Source,
    columns: Sequence[str],
    *,
    required: Sequence[str] = (),
    ignored: Sequence[str] = (),
    digits: Collection[str] = (),
    loose: bool = False,
    limits: Limits | None = None,
) -> tuple[pa.Table, tuple[str, ...]]:
    """The whole file as one table of `columns`, and the names of the columns it has.

    Raises ReadFault, with kind `empty` where there is no record. See `read_batches`.
    """
    reading = read_batches(
        path,
        columns,
        required=required,
        ignored=ignored,
        digits=digits,
        loose=loose,
        limits=limits,
    )
    table = pa.Table.from_batches(list(reading.batches), _schema(columns))
    if not table.num_rows:
        raise ReadFault("empty", "no records", place=path.name, mend="Send at least one record.")
    return table, tuple(reading.columns)


def read_batches(
    path: Source,
    columns: Sequence[str],
    *,
    required: Sequence[str] = (),
    ignored: Sequence[str] = (),
    digits: Collection[str] = (),
    loose: bool = False,
    limits: Limits | None = None,
) -> Reading:
    """The file's rows as batches of `columns`, without ever holding more than some of them.

    `required`: columns that must be there. `ignored`: columns that may be there and are dropped;
    any other is a fault. `digits`: columns of digits, in which a number is a fault, for it may
    have lost a leading zero. `loose`: true and false, and numbers in `digits` too, are taken as
    text, as registers need it. Raises ReadFault, also while iterating.
    """
    limits = limits or Limits()
    if not path.is_file():
        raise ReadFault("unreadable", "no such file", place=str(path))
    kind = format_of(path)
    if kind == "jsonl":
        lines = JsonLines(path, columns, ignored, digits, loose, limits)
        return Reading(lines.seen, _then(lines, required, columns))
    if kind == "parquet":
        header, batches = Columnar(path, columns, digits, loose, limits).open()
    else:
        header, batches = read_delimited(path, limits)
    _check_header(path, header, {*columns, *ignored})
    _check_required(path, header, required)
    return Reading(header, (_wanted(batch, columns) for batch in batches))


def _then(
    lines: JsonLines, required: Sequence[str], columns: Sequence[str]
) -> Iterator[pa.RecordBatch]:
    """The batches; which columns there are is known behind the last."""
    for batch in lines.batches():
        yield _wanted(batch, columns)
    if lines.seen:
        _check_required(lines.path, lines.seen, required)


def _check_header(path: Source, header: Sequence[str], known: Collection[str]) -> None:
    if header and not set(header) & set(known):
        # Perhaps there is no header, and this is somebody's record: it is not to be named.
        raise ReadFault(
            "column_unknown",
            "none of its columns is known: the names of the columns are expected here",
            place=_head(path),
            mend="Begin the file with a header. See sections 3 and 4 of the contract.",
        )
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise ReadFault(
            "unreadable",
            f"columns stand twice: {shown(twice)}",
            place=_head(path),
            mend="Name each column once.",
        )
    unknown = sorted(set(header) - set(known))
    if unknown:
        raise unknown_columns(_head(path), unknown)


def _check_required(path: Source, header: Sequence[str], required: Sequence[str]) -> None:
    missing = [name for name in required if name not in header]
    if missing:
        raise ReadFault(
            "column_missing",
            f"columns are missing: {', '.join(missing)}",
            place=_head(path),
            mend="Add them.",
        )


def _head(path: Source) -> str:
    return f"{path.name} line 1" if format_of(path) == "csv" else path.name


def _wanted(batch: pa.RecordBatch, columns: Sequence[str]) -> pa.RecordBatch:
    """The batch in `columns`, all text, null where blank or not there."""
    arrays = [
        _blank_to_null(batch.column(name).cast(pa.string()))
        if name in batch.schema.names
        else pa.nulls(batch.num_rows, pa.string())
        for name in columns
    ]
    return pa.RecordBatch.from_arrays(arrays, list(columns))


def _blank_to_null(text: pa.Array) -> pa.Array:
    blank = pc.or_(pc.equal(pc.binary_length(text), _ZERO), pc.utf8_is_space(text))
    return pc.if_else(blank, _NULL, text) if pc.any(blank).as_py() else text


def _schema(columns: Sequence[str]) -> pa.Schema:
    return pa.schema([(name, pa.string()) for name in columns])
