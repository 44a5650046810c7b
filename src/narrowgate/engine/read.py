"""One reader of foreign tables: CSV, JSON Lines and Parquet, plain or packed, into text columns.

What comes out has all columns asked for, in order, each `string`, null where blank. What cannot be
read is a ReadFault that names file, line (or row) and column, what was expected and what to do,
and never the value. Nothing is guessed: a number is not a text, a date is written as ISO 8601.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, cast

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pcsv
import pyarrow.json as pjson
import pyarrow.parquet as pq

from narrowgate.engine.unpack import Limits, ReadFault, Text, compression, plain

FORMATS = {".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet"}
_BLOCK = 8 << 20
_MEND = "See section 3 of the contract for requests, section 4 for registers."


def format_of(path: Path) -> str:
    """`csv`, `jsonl` or `parquet`, by the ending before .gz or .zst. Raises ReadFault."""
    name = path.name.lower()
    stem = Path(name.removesuffix(".gz").removesuffix(".zst"))
    if stem.suffix not in FORMATS:
        raise ReadFault(
            "unreadable",
            "the ending is none that is read",
            place=path.name,
            mend="Use .csv, .jsonl or .parquet, and .gz or .zst behind it if packed.",
        )
    return FORMATS[stem.suffix]


def read_table(
    path: Path,
    columns: Sequence[str],
    *,
    required: Sequence[str] = (),
    ignored: Sequence[str] = (),
    loose: bool = False,
    limits: Limits | None = None,
) -> tuple[pa.Table, tuple[str, ...]]:
    """The whole file as one table of `columns`, and the names of the columns it has.

    Raises ReadFault; of an empty file or one with no row, with kind `empty`. See `read_batches`.
    """
    header, batches = read_batches(
        path, columns, required=required, ignored=ignored, loose=loose, limits=limits
    )
    schema = pa.schema([(name, pa.string()) for name in columns])
    table = pa.Table.from_batches(list(batches), schema)
    if not table.num_rows:
        raise ReadFault("empty", "no records", place=path.name, mend="Send at least one record.")
    return table.combine_chunks(), header


def read_batches(
    path: Path,
    columns: Sequence[str],
    *,
    required: Sequence[str] = (),
    ignored: Sequence[str] = (),
    loose: bool = False,
    limits: Limits | None = None,
) -> tuple[tuple[str, ...], Iterator[pa.RecordBatch]]:
    """The names of the file's columns, and its rows as batches of `columns` as text.

    `required`: columns that must be there. `ignored`: columns that may be there and are dropped;
    any other is a fault. `loose`: whole numbers and true/false are taken as text, as registers
    need it; else only text and dates are. Raises ReadFault, also while iterating.
    """
    limits = limits or Limits()
    if not path.is_file():
        raise ReadFault("unreadable", "no such file", place=str(path))
    source = {"csv": _csv, "jsonl": _jsonl, "parquet": _parquet}[format_of(path)]
    header, batches = source(path, columns, limits)
    _check_header(path, header, columns, required, ignored)
    names = tuple(header)

    def rows() -> Iterator[pa.RecordBatch]:
        start = 0
        for batch in batches:
            yield _as_text(batch, columns, path.name, start, loose=loose)
            start += batch.num_rows

    return names, rows()


def _check_header(
    path: Path,
    header: Sequence[str],
    columns: Sequence[str],
    required: Sequence[str],
    ignored: Sequence[str],
) -> None:
    if len(set(header)) < len(header):
        twice = sorted({name for name in header if list(header).count(name) > 1})
        raise ReadFault(
            "unreadable", f"columns stand twice: {_names(twice)}", place=f"{path.name} line 1"
        )
    unknown = sorted(set(header) - set(columns) - set(ignored))
    if unknown:
        raise ReadFault(
            "column_unknown",
            f"unknown columns: {_names(unknown)}",
            place=path.name,
            mend=f"Leave them out. {_MEND}",
        )
    missing = [name for name in required if name not in header]
    if missing:
        raise ReadFault(
            "column_missing",
            f"columns are missing: {_names(missing)}",
            place=path.name,
            mend=f"Add them. {_MEND}",
        )


def _names(names: Sequence[str]) -> str:
    """Names for a message: at most ten, and only what could be a column's name."""
    shown = [name if re.fullmatch(r"[\w .-]{1,64}", name) else "(no name)" for name in names[:10]]
    more = f" and {len(names) - 10:,} more" if len(names) > 10 else ""
    return ", ".join(shown) + more


# --- CSV (RFC 4180) -------------------------------------------------------------------------


def _csv(
    path: Path, columns: Sequence[str], limits: Limits
) -> tuple[list[str], Iterator[pa.RecordBatch]]:
    header = _csv_header(path, limits)
    return header, _csv_batches(path, header, limits)


def _csv_header(path: Path, limits: Limits) -> list[str]:
    with plain(path, limits) as raw, Text(raw, path.name, quoted=False) as text:
        head = _at_most(cast("IO[bytes]", text), 1 << 20)
    if not head.strip():
        raise ReadFault("empty", "the file is empty", place=path.name)
    line = next(csv.reader(io.StringIO(head.decode(errors="ignore"), newline="")), [])
    if len(line) > limits.columns or (len(head) >= 1 << 20 and b"\n" not in head):
        raise ReadFault(
            "unreadable",
            f"a header of more than {limits.columns:,} columns",
            place=f"{path.name} line 1",
            mend=f"Send the columns of the contract only. {_MEND}",
        )
    return line


def _at_most(stream: IO[bytes], size: int) -> bytes:
    pieces: list[bytes] = []
    while size > 0 and (piece := stream.read(size)):
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)


def _csv_batches(path: Path, header: list[str], limits: Limits) -> Iterator[pa.RecordBatch]:
    ragged: list[pcsv.InvalidRow] = []

    def note(row: pcsv.InvalidRow) -> str:
        ragged.append(row)
        return "error"

    with plain(path, limits) as raw, Text(raw, path.name, quoted=True) as text:
        try:
            with pcsv.open_csv(
                text,
                read_options=pcsv.ReadOptions(use_threads=False, block_size=_BLOCK),
                parse_options=pcsv.ParseOptions(newlines_in_values=True, invalid_row_handler=note),
                convert_options=pcsv.ConvertOptions(
                    column_types={name: pa.string() for name in header},
                    null_values=[""],
                    strings_can_be_null=True,
                ),
            ) as reader:
                yield from reader
        except pa.ArrowInvalid:
            if ragged:
                row = ragged[0]
                raise ReadFault(
                    "unreadable",
                    f"{row.expected_columns} fields expected, {row.actual_columns} found",
                    place=f"{path.name} row {row.number}" if row.number else path.name,
                    mend="Quote fields that hold commas, and write every field of every record.",
                ) from None
            raise ReadFault(
                "unreadable",
                "not CSV as RFC 4180 describes it, or a record is too long",
                place=path.name,
                mend="Write it with a CSV library.",
            ) from None


# --- JSON Lines -----------------------------------------------------------------------------

_JSON_ROW = re.compile(r" in row (\d+)")
_JSON_TYPE = re.compile(r"Column\(/(\w+)\) changed from \w+ to (\w+)")
_JSON_TWICE = re.compile(r"Column\(/(\w+)\) was specified twice")


def _jsonl(
    path: Path, columns: Sequence[str], limits: Limits
) -> tuple[list[str], Iterator[pa.RecordBatch]]:
    tables: list[pa.Table] = []
    header: dict[str, None] = {}
    types: dict[str, pa.DataType] = {name: pa.string() for name in columns}
    for line, block in _line_blocks(path, limits):
        table = _json_block(path.name, block, line, types)
        # The explicit schema brings every column; those that no line names are all null.
        for name in table.column_names:
            if (
                name not in types
                or table[name].null_count < table.num_rows
                or f'"{name}"'.encode() in block
            ):
                header[name] = None
        if len(header) > limits.columns:
            raise ReadFault(
                "unreadable", f"more than {limits.columns:,} members", place=path.name, mend=_MEND
            )
        tables.append(table)
    if not tables:
        raise ReadFault("empty", "the file is empty", place=path.name)
    return list(header), (batch for table in tables for batch in table.to_batches())


def _line_blocks(path: Path, limits: Limits) -> Iterator[tuple[int, bytes]]:
    """Whole lines, some MiB at a time, with the number of the first."""
    line, rest = 1, b""
    with plain(path, limits) as raw, Text(raw, path.name, quoted=False) as text:
        while piece := text.read(_BLOCK):
            cut = piece.rfind(b"\n") + 1
            if not cut:
                rest += piece
                if len(rest) > _BLOCK * 4:
                    raise ReadFault(
                        "unreadable", "a line is too long", place=f"{path.name} line {line}"
                    )
                continue
            block = rest + piece[:cut]
            rest = piece[cut:]
            if block.strip():
                yield line, block
            line += block.count(b"\n")
    if rest.strip():
        yield line, rest


def _json_block(name: str, block: bytes, line: int, types: dict[str, pa.DataType]) -> pa.Table:
    """One block as a table. A column that holds numbers or booleans is read as such, and judged
    by `_as_text`: its type is changed in `types` and the block read again.
    """
    while True:
        try:
            return pjson.read_json(
                io.BytesIO(block),
                read_options=pjson.ReadOptions(use_threads=False, block_size=len(block) + 1),
                parse_options=pjson.ParseOptions(
                    explicit_schema=pa.schema(list(types.items())),
                    unexpected_field_behavior="infer",
                ),
            )
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
            message = str(error)
            found = _JSON_TYPE.search(message)
            if found and types.get(found[1]) == pa.string() and found[2] in ("number", "boolean"):
                types[found[1]] = pa.int64() if found[2] == "number" else pa.bool_()
                continue
            raise _json_fault(name, line, message) from None


def _json_fault(name: str, line: int, message: str) -> ReadFault:
    row = _JSON_ROW.search(message)
    place = f"{name} line {line + int(row[1])}" if row else name
    if found := _JSON_TWICE.search(message):
        return ReadFault("unreadable", f"the member {found[1]} stands twice", place=place)
    if found := _JSON_TYPE.search(message):
        return ReadFault(
            "column_type", "text expected", place=f"{place}, column {found[1]}", mend=_MEND
        )
    return ReadFault(
        "unreadable",
        "one JSON object a line expected",
        place=place,
        mend="Write each record as one JSON object on one line.",
    )


# --- Parquet --------------------------------------------------------------------------------


def _parquet(
    path: Path, columns: Sequence[str], limits: Limits
) -> tuple[list[str], Iterator[pa.RecordBatch]]:
    source: str | io.BytesIO = str(path)
    if compression(path) is not None:
        with plain(path, limits) as stream:
            source = io.BytesIO(stream.read())
    try:
        file = pq.ParquetFile(source)
    except (pa.ArrowInvalid, pa.ArrowException, OSError):
        empty = path.stat().st_size == 0
        raise ReadFault(
            "empty" if empty else "unreadable",
            "the file is empty" if empty else "not Parquet, or cut short",
            place=path.name,
            mend="Write it whole, with a Parquet library.",
        ) from None
    groups = range(file.metadata.num_row_groups)
    size = sum(file.metadata.row_group(group).total_byte_size for group in groups)
    if size > limits.plain_bytes:
        raise ReadFault("too_large", "it unpacks to more than the gate reads", place=path.name)
    names = file.schema_arrow.names
    if len(names) > limits.columns:
        raise ReadFault(
            "unreadable", f"more than {limits.columns:,} columns", place=path.name, mend=_MEND
        )
    return names, _parquet_batches(file, path.name, [n for n in names if n in columns])


def _parquet_batches(
    file: pq.ParquetFile, name: str, columns: list[str]
) -> Iterator[pa.RecordBatch]:
    try:
        yield from file.iter_batches(batch_size=1 << 17, columns=columns)
    except (pa.ArrowException, OSError):
        raise ReadFault(
            "unreadable", "a part of the file is damaged", place=name, mend="Write it again."
        ) from None


# --- Text -----------------------------------------------------------------------------------


def _as_text(
    batch: pa.RecordBatch, columns: Sequence[str], name: str, start: int, *, loose: bool
) -> pa.RecordBatch:
    arrays = []
    for column in columns:
        if column not in batch.schema.names:
            arrays.append(pa.nulls(batch.num_rows, pa.string()))
            continue
        text = _text(batch.column(column), loose=loose)
        if text is None:
            raise ReadFault(
                "column_type",
                "text expected",
                place=f"{name} row {start + 1}, column {column}",
                mend=f"Write the column as text. {_MEND}",
            )
        arrays.append(_blank_to_null(text))
    return pa.RecordBatch.from_arrays(arrays, list(columns))


def _text(array: pa.Array, *, loose: bool) -> pa.Array | None:
    kind = array.type
    if pa.types.is_dictionary(kind):
        return _text(array.dictionary_decode(), loose=loose)
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        return pc.strftime(array.cast(pa.date32(), safe=False), format="%Y-%m-%d")
    textual = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)
    plain_number = loose and (pa.types.is_integer(kind) or pa.types.is_boolean(kind))
    if plain_number or any(is_kind(kind) for is_kind in textual):
        return array.cast(pa.string())
    return pa.nulls(len(array), pa.string()) if array.null_count == len(array) else None


def _blank_to_null(text: pa.Array) -> pa.Array:
    blank = pc.equal(pc.utf8_length(pc.utf8_trim_whitespace(text)), 0)
    if not pc.any(blank).as_py():
        return text
    return pc.if_else(blank, pa.scalar(None, pa.string()), text)
