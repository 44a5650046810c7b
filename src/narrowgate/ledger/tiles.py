"""C2SP tlog-tiles: where hashes and entries lie, and how entry bundles are written.

Tiles have height 8: 256 hashes of 32 bytes. `tile/<L>/<N>` holds level 8L of the tree, N in groups
of three digits, all but the last prefixed by x; the rightmost, partial tile is `<N>.p/<W>`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

HEIGHT = 8
WIDTH = 1 << HEIGHT
HASH = 32
MAX_ENTRY = 0xFFFF


def tile_path(level: int, index: int, width: int = WIDTH) -> str:
    """Path of a hash tile with `width` hashes (256: full)."""
    return f"tile/{level}/{_number(index, width)}"


def entries_path(index: int, width: int = WIDTH) -> str:
    """Path of an entry bundle with `width` entries (256: full)."""
    return f"tile/entries/{_number(index, width)}"


def tiles(count: int, first: int = 0) -> Iterator[tuple[int, int]]:
    """(index, width) of each tile over `count` hashes of one tile level, from tile `first` on."""
    for index in range(first, -(-count // WIDTH)):
        yield index, min(WIDTH, count - index * WIDTH)


def levels(size: int) -> range:
    """The tile levels that a tree of `size` leaves has."""
    count, height = size, 0
    while count:
        count >>= HEIGHT
        height += 1
    return range(height)


def write_bundle(entries: Iterable[bytes]) -> bytes:
    """Entries as a bundle: each with its length as 16 bits, big-endian, before it."""
    pieces = []
    for entry in entries:
        if len(entry) > MAX_ENTRY:
            raise ValueError("an entry has at most 65,535 bytes")
        pieces += [len(entry).to_bytes(2), entry]
    return b"".join(pieces)


def read_bundle(data: bytes) -> list[bytes]:
    """The inverse of `write_bundle`. Raises ValueError where it does not add up."""
    entries, position = [], 0
    while position < len(data):
        length = int.from_bytes(data[position : position + 2])
        entry = data[position + 2 : position + 2 + length]
        if position + 2 > len(data) or len(entry) != length:
            raise ValueError("an entry bundle is cut short")
        entries.append(entry)
        position += 2 + length
    return entries


def _number(index: int, width: int) -> str:
    groups = [f"{index % 1000:03}"]
    index //= 1000
    while index:
        groups.append(f"x{index % 1000:03}")
        index //= 1000
    name = "/".join(reversed(groups))
    return name if width == WIDTH else f"{name}.p/{width}"
