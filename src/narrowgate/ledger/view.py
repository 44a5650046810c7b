"""The log as one checkpoint describes it: entries, hashes and proofs, all of that one moment.

A view never changes: entries appended meanwhile are beyond it. What it reads has the length that
the checkpoint's size asks for, or Internal is raised; a partial file that was outgrown meanwhile is
read from the full one (C2SP tlog-tiles, "Partial Tiles").
"""

from __future__ import annotations

from typing import Protocol

from narrowgate.errors import Internal
from narrowgate.ledger import tiles, tree
from narrowgate.ledger.checkpoint import Checkpoint
from narrowgate.ledger.tiles import HASH, HEIGHT, WIDTH


class Reader(Protocol):
    """Gives the bytes under a path, None where there are none."""

    def read(self, name: str) -> bytes | None:
        """The bytes, or None."""

    def names(self, folder: str) -> list[str]:
        """Names of what lies directly in `folder`."""


class View:
    """The log under `head`, whose signed `note` is empty for the log without entries."""

    def __init__(self, reader: Reader, head: Checkpoint, note: bytes) -> None:
        self.head, self.note = head, note
        self._reader = reader
        self._tiles: dict[tuple[int, int], bytes] = {}

    @property
    def size(self) -> int:
        """Number of entries."""
        return self.head.size

    def root_at(self, size: int) -> bytes:
        """Root of the log when it had `size` entries. Raises IndexError beyond the checkpoint."""
        if size > self.size:
            raise IndexError(size)
        return self.head.root if size == self.size else tree.root(size, self.node)

    def entry(self, index: int) -> bytes:
        """One entry."""
        return self.entries(index, index + 1)[0]

    def entries(self, start: int, stop: int) -> list[bytes]:
        """Entries start..stop. Raises IndexError beyond the checkpoint."""
        if not 0 <= start <= stop <= self.size:
            raise IndexError(stop)
        found: list[bytes] = []
        for index in range(start // WIDTH, -(-stop // WIDTH)):
            low = index * WIDTH
            found += self._bundle(index)[max(start - low, 0) : stop - low]
        return found

    def proved(self, start: int, stop: int) -> list[bytes]:
        """Entries start..stop, each found to be the leaf that the signed root stands on. Raises
        Internal for one that is not.
        """
        entries = self.entries(start, stop)
        if self.size and tree.root(self.size, self.node) != self.head.root:
            raise damaged("tile")
        for index, leaf in enumerate(tree.leaf_hashes(entries), start=start):
            if self.node(0, index) != leaf:
                raise damaged(tiles.entries_path(index // WIDTH, self._width(0, index // WIDTH)))
        return entries

    def inclusion(self, index: int) -> list[bytes]:
        """Audit path of an entry. Raises Internal where it does not lead to the root, that is
        where a file of the log is damaged: a proof that proves nothing is not handed out.
        """
        path = tree.inclusion(index, self.size, self.node)
        leaf = tree.leaf_hash(self.entry(index))
        if not tree.verify_inclusion(leaf, index, self.size, path, self.head.root):
            raise damaged("tile")
        return path

    def consistency(self, old: int, new: int) -> list[bytes]:
        """Proof that the log at size `old` is a prefix of that at `new`, which this one covers."""
        if new > self.size:
            raise IndexError(new)
        return tree.consistency(old, new, self.node)

    def node(self, level: int, index: int) -> bytes:
        """Hash of the complete subtree of 2**level entries that is number `index` there."""
        tile_level, above = divmod(level, HEIGHT)
        tile, offset = divmod(index << above, WIDTH)
        data = self.tile(tile_level, tile)
        places = range(offset * HASH, (offset + (1 << above)) * HASH, HASH)
        hashes = [data[place : place + HASH] for place in places]
        while len(hashes) > 1:
            hashes = tree.parents(hashes)
        return hashes[0]

    def tile(self, level: int, index: int) -> bytes:
        """A hash tile, as wide as it is at this size."""
        if (level, index) not in self._tiles:
            width = self._width(level, index)
            path = tiles.tile_path(level, index, width)
            data = self._reader.read(path)
            if data is None and width < WIDTH:
                data = (self._reader.read(tiles.tile_path(level, index)) or b"")[: width * HASH]
            if data is None or len(data) != width * HASH:
                raise damaged(path)
            self._tiles[level, index] = data
        return self._tiles[level, index]

    def _bundle(self, index: int) -> list[bytes]:
        width = self._width(0, index)
        path = tiles.entries_path(index, width)
        data, outgrown = self._reader.read(path), False
        if data is None and width < WIDTH:
            data, outgrown = self._reader.read(tiles.entries_path(index)), True
        try:
            found = tiles.read_bundle(data or b"")
        except ValueError:
            raise damaged(path) from None
        if len(found) < width or (len(found) > width and not outgrown):
            raise damaged(path)
        return found[:width]

    def _width(self, level: int, index: int) -> int:
        return min(WIDTH, (self.size >> (HEIGHT * level)) - index * WIDTH)


def damaged(path: str) -> Internal:
    """The error for a file of the log that is missing or not as it was written."""
    return Internal(
        "a file of the log is missing or damaged",
        place=path,
        mend="Stop, investigate, and restore the log from a copy that narrowgate-verify accepts.",
    )
