"""CSV as RFC 4180 has it: UTF-8, a header, commas, quotes doubled inside quotes.

Arrow reads it in blocks; only where that fails is the file gone through again, record by record,
to tell the line.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import IO, cast

import pyarrow as pa
import pyarrow.csv as pcsv

from narrowgate.engine.text import Text
from narrowgate.engine.unpack import Limits, ReadFault, Source

_HEADER_BYTES = 1 << 20
_MEND = "Write it with a CSV library, as RFC 4180 says: every field of every record."


def read_delimited(path: Source, limits: Limits) -> tuple[list[str], Iterator[pa.RecordBatch]]:
    """The header, and the records as batches of text columns by the names of the header."""
    header = _header(path, limits)
    return header, _batches(path, header, limits)


def _header(path: Source, limits: Limits) -> list[str]:
    with Text(path, limits) as text:
        head = b""
        while len(head) < _HEADER_BYTES and (piece := text.read(_HEADER_BYTES - len(head))):
            head += piece
    place = f"{path.name} line 1"
    if not head.strip():
        raise ReadFault("empty", "the file is empty", place=path.name)
    if head.lstrip()[:1] in (b"{", b"["):
        raise ReadFault(
            "unreadable", "JSON, though its ending says CSV", place=place, mend="Name it .jsonl."
        )
    lines = csv.reader(io.StringIO(head.decode(errors="ignore"), newline=""))
    try:
        names = next(lines, [])
    except csv.Error:
        names = []
    if len(names) > limits.columns:
        raise ReadFault(
            "unreadable",
            f"a header of more than {limits.columns:,} columns",
            place=place,
            mend="Send the columns of the contract only.",
        )
    # A header that fills all that was read may go on behind it.
    if not names or (lines.line_num == 1 and len(head) >= _HEADER_BYTES and b"\n" not in head):
        raise ReadFault(
            "unreadable", "no header of column names", place=place, mend="Begin with a header."
        )
    if len(names) == 1 and any(mark in names[0] for mark in ";\t|"):
        raise ReadFault(
            "unreadable",
            "fields are not separated by commas",
            place=place,
            mend="Separate fields by commas.",
        )
    return names


def _batches(path: Source, header: list[str], limits: Limits) -> Iterator[pa.RecordBatch]:
    options = pcsv.ConvertOptions(
        column_types={name: pa.string() for name in header},
        null_values=[""],
        strings_can_be_null=True,
        check_utf8=False,  # checked as the text passed
    )
    with Text(path, limits, quoted=True) as text:
        try:
            with pcsv.open_csv(
                text,
                # A record longer than a block cannot be read: the block is the bound.
                read_options=pcsv.ReadOptions(use_threads=False, block_size=limits.record_bytes),
                parse_options=pcsv.ParseOptions(newlines_in_values=True),
                convert_options=options,
            ) as reader:
                yield from reader
        except pa.ArrowInvalid:
            raise _fault(path, len(header), limits) from None


def _fault(path: Source, fields: int, limits: Limits) -> ReadFault:
    """What is wrong with a file that Arrow did not read, and on which line."""
    line, count = 1, 0
    with Text(path, limits) as text:
        lines = io.TextIOWrapper(cast("IO[bytes]", io.BufferedReader(text)), "utf-8", newline="")
        records = csv.reader(lines, strict=True)
        try:
            for values in records:
                if values and len(values) != fields:
                    return ReadFault(
                        "unreadable",
                        f"{fields} fields expected, {len(values)} found",
                        place=f"{path.name} line {line}",
                        mend="Quote fields that hold commas, and write every field.",
                    )
                count += bool(values)
                line = records.line_num + 1
        except csv.Error:
            return ReadFault(
                "unreadable",
                "a field that is too long, or not quoted as RFC 4180 says",
                place=f"{path.name} line {line}",
                mend=_MEND,
            )
    if count <= 1:  # Arrow refuses a header that no line end follows
        return ReadFault("empty", "no records", place=path.name, mend="Send at least one record.")
    return ReadFault(
        "unreadable",
        f"a record of more than {limits.record_bytes:,} bytes",
        place=path.name,
        mend=_MEND,
    )
