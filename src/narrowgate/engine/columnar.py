"""Parquet: texts, dates and whole numbers, in batches, within bounds.

A Parquet file states how much it holds and can state it falsely: a few bytes of dictionary or
prefix encoding unfold without end. So texts are kept folded until what they unfold to has been
counted, and what cannot be kept folded (one encoding, nested and fixed-length columns) is not read.
What the file says of itself is read in pages.py before Arrow sees it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from narrowgate.engine.pages import Account, Damaged, account
from narrowgate.engine.unpack import Held, Limits, ReadFault, Source, compression, plain

_MAGIC, _ENCRYPTED = b"PAR1", b"PARE"
_BATCH = 1 << 17
# A batch of one column in Arrow's 32-bit text holds less than 2 GiB.
_MOST_TEXT = 1 << 30
_MEND = "Write it whole, with a Parquet library."
_BROKEN = (pa.ArrowException, OSError, ValueError, KeyError, OverflowError)
_TYPES = pa.types
_TEXT = (_TYPES.is_string, _TYPES.is_large_string, _TYPES.is_string_view)
# Read, for a column without a value in it can be of any of these; a value is a fault.
_NEVER_TEXT = (_TYPES.is_floating, _TYPES.is_decimal, _TYPES.is_boolean, _TYPES.is_null)


@dataclass(frozen=True, slots=True)
class Columnar:
    """How one file is read. `columns`: those wanted; the others are not touched.

    `loose`: numbers and booleans are taken as text; else whole numbers alone, and not in the
    columns `digits`.
    """

    path: Source
    columns: Collection[str]
    digits: Collection[str]
    loose: bool
    limits: Limits

    def open(self) -> tuple[list[str], Iterator[pa.RecordBatch]]:
        """The names of all columns, and the records, in batches of text."""
        source = self._source()
        try:
            told = self._account(source)
            meta = pq.read_metadata(_whole(source))
            file = pq.ParquetFile(
                _whole(source),
                metadata=meta,
                read_dictionary=_texts(meta),
                page_checksum_verification=True,
            )
        except Damaged as damage:
            raise self._fault(f"not Parquet that can be read: {damage}") from None
        except _BROKEN:
            raise self._fault("not Parquet, or damaged") from None
        names = list(file.schema_arrow.names)
        wanted = [name for name in names if name in self.columns]
        # A text costs four bytes of offset, even if it is null.
        if max(told.unpacked, told.rows * len(wanted) * 4) > self.limits.plain_bytes:
            raise self._too_large()
        self._check_types(file.schema_arrow, wanted)
        return names, self._batches(file, wanted)

    def _source(self) -> Path | bytes:
        with plain(self.path, self.limits) as stream:
            head = stream.read(4)
            if not head:
                raise ReadFault("empty", "the file is empty", place=self.path.name)
            if head == _ENCRYPTED:
                raise self._fault("encrypted Parquet is not read")
            if head != _MAGIC:
                raise self._fault("not Parquet, though its ending says so")
            packed = compression(self.path) is not None
            if packed:
                return head + stream.read()
            return self.path.data if isinstance(self.path, Held) else self.path

    def _account(self, source: Path | bytes) -> Account:
        if isinstance(source, bytes):
            return account(
                len(source),
                lambda at, size: source[at : at + size],
                self.columns,
                self.limits.columns,
            )
        with source.open("rb") as stream:

            def read_at(at: int, size: int) -> bytes:
                stream.seek(at)
                return stream.read(size)

            size = source.stat().st_size
            return account(size, read_at, self.columns, self.limits.columns)

    def _check_types(self, schema: pa.Schema, columns: list[str]) -> None:
        for name in columns:
            kind = schema.field(name).type
            kind = kind.value_type if _TYPES.is_dictionary(kind) else kind
            readable = (
                *_TEXT,
                *_NEVER_TEXT,
                _TYPES.is_date,
                _TYPES.is_timestamp,
                _TYPES.is_integer,
            )
            if schema.names.count(name) == 1 and not any(test(kind) for test in readable):
                raise self._not_text(kind, name, 0)

    def _batches(self, file: pq.ParquetFile, columns: list[str]) -> Iterator[pa.RecordBatch]:
        start, left = 0, self.limits.plain_bytes
        batches = file.iter_batches(batch_size=_BATCH, columns=columns)
        while True:
            try:
                batch = next(batches, None)
                if batch is None:
                    return
                sizes = [_unfolded(array) for array in batch.columns]
            except _BROKEN:
                raise self._fault("a part of the file is damaged", start) from None
            left -= sum(sizes)
            if left < 0 or max(sizes, default=0) > _MOST_TEXT:
                raise self._too_large()
            texts = [self._text(batch.column(name), name, start) for name in columns]
            yield pa.RecordBatch.from_arrays(texts, columns)
            start += batch.num_rows

    def _text(self, array: pa.Array, name: str, start: int) -> pa.Array:
        """The column as text; ReadFault at the first row that has none."""
        kind = array.type
        if array.null_count == len(array):
            return pa.nulls(len(array), pa.string())
        if _TYPES.is_dictionary(kind):
            return self._unfold(array, name, start)
        if _TYPES.is_date(kind):
            return array.cast(pa.date32()).cast(pa.string())
        if _TYPES.is_timestamp(kind):
            return self._moments(array, name, start)
        whole = _TYPES.is_integer(kind) or (_TYPES.is_decimal(kind) and kind.scale == 0)
        taken = whole and (self.loose or name not in self.digits)
        if taken or (_TYPES.is_boolean(kind) and self.loose):
            return array.cast(pa.string())
        raise self._not_text(kind, name, start + _first(array.is_valid()))

    def _unfold(self, array: pa.DictionaryArray, name: str, start: int) -> pa.Array:
        if not any(test(array.type.value_type) for test in _TEXT):
            raise self._not_text(array.type.value_type, name, start)
        words = array.dictionary
        try:
            words.validate(full=True)
            faulty = pc.match_substring(words, "\0")
        except pa.ArrowInvalid:
            faulty = pa.array([not _is_text(word) for word in words])
        if pc.any(faulty).as_py():
            # Only a word that a row uses is a fault of the file.
            bad = faulty.take(array.indices)
            if pc.any(bad).as_py():
                raise ReadFault(
                    "unreadable",
                    "not UTF-8, or a NUL in it",
                    place=f"{self.path.name} row {start + _first(bad) + 1}, column {name}",
                    mend="Write text as Unicode has it.",
                )
        return words.cast(pa.string()).take(array.indices)

    def _moments(self, array: pa.Array, name: str, start: int) -> pa.Array:
        """ISO 8601: the date where all are at midnight of their own zone, else date and time."""
        try:
            local = pc.local_timestamp(array) if array.type.tz else array
            local = local.cast(pa.timestamp("s"), safe=False)
            midnight = pc.all(pc.equal(pc.floor_temporal(local, unit="day"), local)).as_py()
            form = "%Y-%m-%d" if midnight else "%Y-%m-%dT%H:%M:%S"
            return pc.strftime(local, format=form)
        except pa.ArrowException:
            raise self._not_text(array.type, name, start + _first(array.is_valid())) from None

    def _not_text(self, kind: pa.DataType, name: str, row: int) -> ReadFault:
        return ReadFault(
            "column_type",
            f"text expected, {_word(kind)} found",
            place=f"{self.path.name} row {row + 1}, column {name}",
            mend="Write the column as text.",
        )

    def _too_large(self) -> ReadFault:
        return ReadFault(
            "too_large",
            f"it unfolds to more than {self.limits.plain_bytes:,} bytes",
            place=self.path.name,
            mend="Send fewer records at a time.",
        )

    def _fault(self, fault: str, row: int | None = None) -> ReadFault:
        place = self.path.name if row is None else f"{self.path.name} from row {row + 1} on"
        return ReadFault("unreadable", fault, place=place, mend=_MEND)


def _whole(source: Path | bytes) -> str | pa.BufferReader:
    return pa.BufferReader(source) if isinstance(source, bytes) else str(source)


def _texts(meta: pq.FileMetaData) -> list[str]:
    """Paths of the columns that Arrow can keep folded."""
    columns = [meta.schema.column(number) for number in range(len(meta.schema))]
    return [
        column.path
        for column in columns
        if column.physical_type == "BYTE_ARRAY" and column.max_repetition_level == 0
    ]


def _unfolded(array: pa.Array) -> int:
    """Bytes of the column once it is text."""
    if not _TYPES.is_dictionary(array.type):
        return int(array.nbytes)
    sizes = pc.binary_length(array.dictionary).cast(pa.int64())
    return int(pc.sum(sizes.take(array.indices)).as_py() or 0) + 4 * len(array)


def _first(found: pa.Array) -> int:
    """Where the first true stands."""
    return int(np.argmax(pc.fill_null(found, False).to_numpy(zero_copy_only=False)))


def _is_text(word: pa.Scalar) -> bool:
    try:
        return word.as_py() is None or "\0" not in word.as_py()
    except UnicodeDecodeError:
        return False


def _word(kind: pa.DataType) -> str:
    """The kind of a column in a word: a nested one by its outermost, whatever it holds."""
    words = {
        "a number": (_TYPES.is_floating, _TYPES.is_decimal, _TYPES.is_integer),
        "true or false": (_TYPES.is_boolean,),
        "a time": (_TYPES.is_temporal,),
        "bytes": (_TYPES.is_binary, _TYPES.is_large_binary, _TYPES.is_fixed_size_binary),
        "a list": (_TYPES.is_list, _TYPES.is_large_list, _TYPES.is_fixed_size_list),
    }
    for word, tests in words.items():
        if any(test(kind) for test in tests):
            return word
    return "a nested value"
