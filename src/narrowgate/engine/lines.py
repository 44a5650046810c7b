"""JSON Lines: one JSON object a line, of texts and nulls; whole numbers where they do no harm.

Arrow reads blocks of lines at once. A block that it does not read, or in which it finds anything
but texts, is read again line by line: that pass tells the fault and its line, or finds that there
is none and says as what Arrow may read the next blocks.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.json as pjson

from narrowgate.engine.text import Text
from narrowgate.engine.unpack import Limits, ReadFault, Source

_BLOCK, _PIECE = 8 << 20, 2 << 20
_MEND = "Write each record as one JSON object on one line, every value as text."
_WORDS = {
    bool: "true or false",
    int: "a number",
    float: "a number",
    list: "a list",
    dict: "an object",
}


class _Twice(ValueError):
    """A member that stands twice in one object."""


@dataclass(frozen=True, slots=True)
class JsonLines:
    """How one file is read. `columns`: those wanted; `ignored`: others that may be there.

    `loose`: numbers and booleans are taken as text; else whole numbers alone, and not in the
    columns `digits`. `seen` gathers the names of members as they come.
    """

    path: Source
    columns: Sequence[str]
    ignored: Sequence[str]
    digits: Collection[str]
    loose: bool
    limits: Limits
    seen: list[str] = field(default_factory=list)

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The records. A column holds text, or whole numbers or booleans throughout a batch."""
        types = {name: pa.string() for name in (*self.columns, *self.ignored)}
        for line, block in self._blocks():
            table = _arrow(block, types)
            if table is None:
                table, found = self._one_by_one(block, line)
                types |= found
            else:
                self._see(block, types)
            yield from table.select(list(self.columns)).combine_chunks().to_batches()

    def _blocks(self) -> Iterator[tuple[int, bytes]]:
        """Whole lines, some MiB at a time, with the number of the first."""
        line, rest = 1, b""
        with Text(self.path, self.limits) as text:
            while piece := text.read(_BLOCK):
                cut = piece.rfind(b"\n") + 1
                if len(rest) + (cut or len(piece)) > _BLOCK + self.limits.record_bytes:
                    raise self._too_long(line)
                if not cut:
                    rest += piece
                    continue
                block, rest = rest + piece[:cut], piece[cut:]
                if block.strip():
                    yield line, block
                line += block.count(b"\n")
                if len(rest) > self.limits.record_bytes:
                    raise self._too_long(line)
        if rest.strip():
            yield line, rest

    def _too_long(self, line: int) -> ReadFault:
        return ReadFault(
            "unreadable",
            f"a line of more than {self.limits.record_bytes:,} bytes",
            place=f"{self.path.name} line {line}",
            mend=_MEND,
        )

    def _see(self, block: bytes, types: dict[str, pa.DataType]) -> None:
        """Note which columns the block names. Inside a text every quote is escaped, so that a name
        in quotes before a colon is a member's.
        """
        for name in types.keys() - set(self.seen):
            if re.search(rf'"{re.escape(name)}"\s*:'.encode(), block):
                self.seen.append(name)

    def _one_by_one(self, block: bytes, first: int) -> tuple[pa.Table, dict[str, pa.DataType]]:
        """The block's records as text, and as what each column may be read next time."""
        rows: list[dict[str, str]] = []
        kinds: dict[str, set[type]] = {}
        for line, text in enumerate(block.split(b"\n"), first):
            if not text.strip():
                continue
            place = f"{self.path.name} line {line}"
            row = {}
            record = self._record(text, place)
            self.seen.extend(name for name in record if name not in self.seen)
            for name, value in record.items():
                if value is None:
                    continue
                kinds.setdefault(name, set()).add(type(value))
                if name not in self.ignored:
                    row[name] = self._text(value, name, place)
            rows.append(row)
        schema = pa.schema([(name, pa.string()) for name in (*self.columns, *self.ignored)])
        return pa.Table.from_pylist(rows, schema), {n: _kind(found) for n, found in kinds.items()}

    def _record(self, text: bytes, place: str) -> dict[str, object]:
        try:
            record = json.loads(text, object_pairs_hook=_unique, parse_constant=_never)
        except _Twice:
            raise ReadFault(
                "unreadable", "a member stands twice", place=place, mend=_MEND
            ) from None
        except (ValueError, RecursionError):
            record = None
        if not isinstance(record, dict):
            raise ReadFault(
                "unreadable", "one JSON object a line expected", place=place, mend=_MEND
            )
        unknown = sorted(record.keys() - {*self.columns, *self.ignored})
        if unknown:
            raise unknown_columns(place, unknown)
        return record

    def _text(self, value: object, name: str, place: str) -> str:
        place = f"{place}, column {name}"
        if isinstance(value, str):
            if "\0" in value or not _encodes(value):
                raise ReadFault(
                    "unreadable",
                    "a NUL, or half of a surrogate pair",
                    place=place,
                    mend="Write text as Unicode has it.",
                )
            return value
        if isinstance(value, bool) and self.loose:
            return "true" if value else "false"
        whole = isinstance(value, int) and not isinstance(value, bool)
        if whole and (self.loose or name not in self.digits):
            return str(value)
        raise ReadFault(
            "column_type",
            f"text expected, {_WORDS[type(value)]} found",
            place=place,
            mend="Write the value as text, in quotes.",
        )


def unknown_columns(place: str, names: Sequence[str]) -> ReadFault:
    """The fault of columns that nobody asked for."""
    return ReadFault(
        "column_unknown",
        f"unknown columns: {shown(names)}",
        place=place,
        mend="Leave them out.",
    )


def shown(names: Sequence[str]) -> str:
    """Names for a message: at most ten, and only what could be a column's name. Where a line's end
    is lost a record stands behind the header: if one of the names could be a value, none is shown.
    """
    if not all(re.fullmatch(r"[a-z][a-z_ ]{0,39}[0-9]?", name) for name in names):
        return f"{len(names):,}, not shown, since they may be values of a record"
    more = f" and {len(names) - 10:,} more" if len(names) > 10 else ""
    return ", ".join(names[:10]) + more


def _arrow(block: bytes, types: dict[str, pa.DataType]) -> pa.Table | None:
    """The block as Arrow reads it; None where it does not, or not as one record a line."""
    lines = block.count(b"\n") + (not block.endswith(b"\n"))
    begun = block.startswith(b"{") + block.count(b"\n{")
    # A null where the first record is expected is more than Arrow bears: it ends the process.
    if begun != lines or b"\\u0000" in block:
        return None
    try:
        table = pjson.read_json(
            io.BytesIO(block),
            read_options=pjson.ReadOptions(block_size=_PIECE),
            parse_options=pjson.ParseOptions(
                explicit_schema=pa.schema(list(types.items())),
                # Types are inferred for nothing: a text that looks like a date stays a text.
                unexpected_field_behavior="error",
            ),
        )
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return None
    return table if table.num_rows == lines else None


def _kind(found: set[type]) -> pa.DataType:
    """As what Arrow may read a column in which these were found."""
    return pa.int64() if found == {int} else pa.bool_() if found == {bool} else pa.string()


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Twice
    return found


def _never(name: str) -> object:
    raise ValueError(name)


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
