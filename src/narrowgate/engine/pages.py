"""A Parquet file's own account of itself, read before Arrow is: footer and page headers.

Arrow believes a footer and, where it is damaged, can end the process; and what a footer says of
sizes and encodings need not be so. Here both are read as they stand in the file (parquet.thrift,
Thrift's compact protocol), a page header at a time, and refused where they cannot be true.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias, cast

ReadAt: TypeAlias = Callable[[int, int], bytes]
"""Bytes at an offset, at most so many."""
Fields: TypeAlias = Mapping[int, object]

_MOST_FOOTER = 16 << 20
_MOST_HEADER = 1 << 16
_DEEPEST = 32
# A page of texts each told by what it shares with the one before unfolds without end.
_DELTA_BYTE_ARRAY = 7
_DATA, _INDEX, _DICTIONARY, _DATA_V2 = range(4)


class Damaged(ValueError):
    """The file is not what parquet.thrift describes; the words say where."""


@dataclass(frozen=True, slots=True)
class Account:
    """`names`: of all columns at the top. `rows`: of the file. `unpacked`: bytes of the pages of
    the columns looked at, before any decoding.
    """

    names: tuple[str, ...]
    rows: int
    unpacked: int


def account(size: int, read_at: ReadAt, wanted: Collection[str], most_columns: int) -> Account:
    """The account of a file of `size` bytes, with every page of the columns `wanted` looked at.

    Raises Damaged.
    """
    footer = _footer(size, read_at)
    leaves = _leaves(_list(footer, 2), most_columns)
    rows, unpacked = 0, 0
    for group in _list(footer, 4):
        chunks = _list(group, 1)
        if len(chunks) != len(leaves):
            raise Damaged("a row group without all its columns")
        rows += _count(group, 3)
        for chunk, name in zip(chunks, leaves, strict=True):
            # 1: in another file. 8, 9: encrypted.
            if {1, 8, 9} & chunk.keys() or 3 not in chunk:
                raise Damaged("a column that is elsewhere, or encrypted")
            if name in wanted:
                unpacked += _pages(_struct(chunk[3]), size, read_at)
    if rows != _count(footer, 3):
        raise Damaged("a footer whose counts do not add up")
    return Account(tuple(dict.fromkeys(leaves)), rows, unpacked)


def _footer(size: int, read_at: ReadAt) -> Fields:
    tail = read_at(max(size - 8, 0), 8)
    if size < 12 or tail[4:] != b"PAR1":
        raise Damaged("it does not end as Parquet does")
    length = int.from_bytes(tail[:4], "little")
    if length > _MOST_FOOTER or length > size - 12:
        raise Damaged("a footer that is too long")
    return _parse(read_at(size - 8 - length, length))[0]


def _leaves(elements: list[Fields], most: int) -> list[str]:
    """For each column that holds values, in order, the name of the one at the top it is under."""
    leaves: list[str] = []
    at = 1
    for _ in range(_count(elements[0], 5) if elements else 0):
        name = elements[at].get(4) if at < len(elements) else None
        if not isinstance(name, bytes) or len(leaves) >= most:
            raise Damaged("a schema with too many columns, or nameless ones")
        open_below = 1
        while open_below:
            if at >= len(elements):
                raise Damaged("a schema that is not a tree")
            children = _count(elements[at], 5) if 5 in elements[at] else 0
            if not children:
                leaves.append(name.decode())
            open_below += children - 1
            at += 1
    if at != len(elements):
        raise Damaged("a schema that is not a tree")
    return leaves


def _pages(meta: Fields, size: int, read_at: ReadAt) -> int:
    """Unpacked bytes of a column chunk, by its page headers."""
    at = _count(meta, 9)
    if 0 < (dictionary := _count(meta, 11) if 11 in meta else 0) < at:
        at = dictionary
    end, unpacked = at + _count(meta, 7), 0
    if not _count(meta, 5):  # Arrow reads no page of a column without values
        return 0
    if at < 4 or end > size:
        raise Damaged("a column outside the file")
    while at < end:
        header, length = _parse(read_at(at, min(_MOST_HEADER, end - at)))
        if _encoding(header) == _DELTA_BYTE_ARRAY:
            raise Damaged("the encoding DELTA_BYTE_ARRAY is not read; dictionary and plain are")
        unpacked += _count(header, 2)
        at += length + _count(header, 3)
    if at != end:
        raise Damaged("a page that goes on behind its column")
    return unpacked


def _encoding(header: Fields) -> int | None:
    kind = _count(header, 1)
    place = {_DATA: (5, 2), _DICTIONARY: (7, 2), _DATA_V2: (8, 4)}.get(kind)
    if place is None:
        if kind == _INDEX:
            return None
        raise Damaged("a page of no known kind")
    return _count(_struct(header.get(place[0])), place[1])


def _struct(value: object) -> Fields:
    if not isinstance(value, dict):
        raise Damaged("a part of the footer is missing")
    return cast("Fields", value)


def _list(fields: Fields, number: int) -> list[Fields]:
    values = fields.get(number, [])
    if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
        raise Damaged("a part of the footer is missing")
    return cast("list[Fields]", values)


def _count(fields: Fields, number: int) -> int:
    value = fields.get(number)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise Damaged("a figure in the file is missing or below nothing")
    return value


def _parse(data: bytes) -> tuple[Fields, int]:
    """One struct at the start of `data`, by field number, and its length."""
    reader = _Compact(data)
    try:
        return reader.struct(0), reader.at
    except (IndexError, UnicodeDecodeError):
        raise Damaged("a header that is cut short") from None


class _Compact:
    """Thrift's compact protocol, as far as parquet.thrift uses it."""

    def __init__(self, data: bytes) -> None:
        self._data, self.at = data, 0

    def struct(self, depth: int) -> dict[int, object]:
        """The fields up to the stop, by number."""
        fields: dict[int, object] = {}
        number = 0
        if depth > _DEEPEST:
            raise Damaged("a header that is nested too deep")
        while head := self._byte():
            number = number + (head >> 4) if head >> 4 else self._signed()
            fields[number] = self._value(head & 15, depth, in_list=False)
        return fields

    def _value(self, kind: int, depth: int, *, in_list: bool) -> object:
        if kind in (1, 2):
            return self._byte() == 1 if in_list else kind == 1
        readers: dict[int, Callable[[], object]] = {
            3: self._byte,
            4: self._signed,
            5: self._signed,
            6: self._signed,
            7: lambda: self._take(8),
            8: lambda: self._take(self._unsigned()),
            9: lambda: list(self._items(depth)),
            10: lambda: list(self._items(depth)),
            12: lambda: self.struct(depth + 1),
        }
        if kind not in readers:
            raise Damaged("a header of unknown kind")
        return readers[kind]()

    def _items(self, depth: int) -> Iterator[object]:
        head = self._byte()
        count = self._unsigned() if head >> 4 == 15 else head >> 4
        if count > len(self._data) - self.at:
            raise Damaged("a list longer than its file")
        for _ in range(count):
            yield self._value(head & 15, depth + 1, in_list=True)

    def _byte(self) -> int:
        byte = self._data[self.at]
        self.at += 1
        return byte

    def _take(self, size: int) -> bytes:
        if size > len(self._data) - self.at:
            raise Damaged("a header that is cut short")
        self.at += size
        return self._data[self.at - size : self.at]

    def _unsigned(self) -> int:
        value, shift = 0, 0
        while (byte := self._byte()) & 0x80:
            value |= (byte & 0x7F) << shift
            shift += 7
            if shift > 63:
                raise Damaged("a figure that is too long")
        return value | byte << shift

    def _signed(self) -> int:
        value = self._unsigned()
        return (value >> 1) ^ -(value & 1)
