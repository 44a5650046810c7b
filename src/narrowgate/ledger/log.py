"""The append-only log on disk. What the checkpoint does not cover was never written.

Writing order (facts, ledger.md): entry bundles, hash tiles, then the checkpoint, each durable
before the next. An append that was cut off leaves files beyond the checkpoint; the next append
writes them again. Full tiles never change once a checkpoint covers them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from narrowgate.errors import Internal
from narrowgate.ledger import tiles, tree
from narrowgate.ledger.checkpoint import Checkpoint
from narrowgate.ledger.note import Signer, sign_note
from narrowgate.ledger.tiles import HASH, HEIGHT, WIDTH

CHECKPOINT = "checkpoint"


class Reader(Protocol):
    """Gives the bytes under a path, None where there are none."""

    def read(self, name: str) -> bytes | None:
        """The bytes, or None."""


class Writer(Protocol):
    """Puts bytes under a path, whole and durable."""

    def write(self, name: str, data: bytes) -> None:
        """Durable when it returns."""


class Log:
    """A log of byte entries. `signer`: an Ed25519 key; `origin`: its name and the log's."""

    def __init__(self, reader: Reader, writer: Writer, signer: Signer, origin: str) -> None:
        self._reader, self._writer = reader, writer
        self._signer, self._origin = signer, origin

    @property
    def head(self) -> Checkpoint:
        """The checkpoint as it stands on disk; that of the empty log where there is none."""
        note = self._reader.read(CHECKPOINT)
        if note is None:
            return Checkpoint(self._origin)
        return Checkpoint.read(note.decode().rpartition("\n\n")[0] + "\n")

    @property
    def size(self) -> int:
        """Number of entries."""
        return self.head.size

    def checkpoint(self) -> bytes:
        """The signed checkpoint. Raises Internal for a log without entries."""
        return self._read(CHECKPOINT)

    def append(self, entries: Sequence[bytes]) -> range:
        """Append entries under one checkpoint; returns their indexes. At most 65,535 bytes each.

        Cost: the new entries and one tile a level, whatever the log's size.
        """
        start = self.size
        stop = start + len(entries)
        first = start // WIDTH * WIDTH
        kept = self.entries(first, start)
        for index in range(first // WIDTH, -(-stop // WIDTH)):
            low, high = index * WIDTH, min((index + 1) * WIDTH, stop)
            bundle = [*kept, *entries][low - first : high - first]
            self._writer.write(tiles.entries_path(index, high - low), tiles.write_bundle(bundle))
        edge = _Edge(self, start)
        for entry in entries:
            edge.add(tree.leaf_hash(entry))
        for path, data in edge.tiles():
            self._writer.write(path, data)
        head = Checkpoint(self._origin, stop, tree.root(stop, edge.node))
        self._writer.write(CHECKPOINT, sign_note(head.text, self._origin, self._signer))
        return range(start, stop)

    def entry(self, index: int) -> bytes:
        """One entry."""
        return self.entries(index, index + 1)[0]

    def entries(self, start: int, stop: int) -> list[bytes]:
        """Entries start..stop. Raises IndexError beyond the checkpoint."""
        size = self.size
        if not 0 <= start <= stop <= size:
            raise IndexError(stop)
        found: list[bytes] = []
        for index in range(start // WIDTH, -(-stop // WIDTH)):
            low = index * WIDTH
            bundle = tiles.read_bundle(
                self._read(tiles.entries_path(index, min(WIDTH, size - low)))
            )
            found += bundle[max(start - low, 0) : stop - low]
        return found

    def inclusion(self, index: int) -> list[bytes]:
        """Audit path of an entry under the checkpoint."""
        return tree.inclusion(index, self.size, self._node)

    def consistency(self, old: int, new: int | None = None) -> list[bytes]:
        """Proof that the log at size `old` is a prefix of that at `new` (by default now)."""
        return tree.consistency(old, self.size if new is None else new, self._node)

    def verify(self) -> list[str]:
        """Recompute everything from the entries; every fault in words. Empty: sound."""
        head = self.head
        faults = []
        try:
            made = tree.Tree(self.entries(0, head.size))
        except (Internal, ValueError) as fault:
            return [str(fault)]
        for level in tiles.levels(head.size):
            for index, width in tiles.tiles(head.size, level):
                path = tiles.tile_path(level, index, width)
                low = index * WIDTH
                expected = b"".join(made.levels[level * HEIGHT][low : low + width])
                if self._reader.read(path) != expected:
                    faults.append(f"{path} does not follow from the entries")
        if made.root != head.root:
            faults.append("the checkpoint's root does not follow from the entries")
        resigned = sign_note(head.text, self._origin, self._signer)
        if head.size and self.checkpoint() != resigned:
            faults.append("the checkpoint is not signed by this log's key")
        return faults

    def _read(self, path: str) -> bytes:
        data = self._reader.read(path)
        if data is None:
            raise Internal("a file of the log is missing", place=path)
        return data

    def _node(self, level: int, index: int) -> bytes:
        """Hash of a complete subtree, from the tile of its level."""
        tile_level, above = divmod(level, HEIGHT)
        low = index << above
        tile, offset = divmod(low, WIDTH)
        count = self.size >> (tile_level * HEIGHT)
        width = min(WIDTH, count - tile * WIDTH)
        data = self._read(tiles.tile_path(tile_level, tile, width))
        hashes = [
            data[place * HASH : (place + 1) * HASH]
            for place in range(offset, offset + (1 << above))
        ]
        while len(hashes) > 1:
            pairs = zip(hashes[0::2], hashes[1::2], strict=True)
            hashes = [tree.node_hash(left, right) for left, right in pairs]
        return hashes[0]


class _Edge:
    """The right edge of the tree while entries are appended: hashes by tile level and place."""

    def __init__(self, log: Log, size: int) -> None:
        self._log, self._size, self._start = log, size, size
        self._new: dict[tuple[int, int], bytes] = {}

    def add(self, leaf: bytes) -> None:
        """Append one leaf hash and every subtree that it completes."""
        level, index = 0, self._size
        self._new[0, index] = leaf
        while index & 1:
            left = self.node(level, index - 1)
            level, index = level + 1, index >> 1
            self._new[level, index] = tree.node_hash(left, self._new[level - 1, index * 2 + 1])
        self._size += 1

    def node(self, level: int, index: int) -> bytes:
        """Hash of a complete subtree: a new one, or one that the log has."""
        found = self._new.get((level, index))
        return self._log._node(level, index) if found is None else found

    def tiles(self) -> list[tuple[str, bytes]]:
        """Path and content of every tile that has changed."""
        changed = []
        for level in tiles.levels(self._size):
            before = self._start >> (HEIGHT * level)
            for index, width in tiles.tiles(self._size, level)[before // WIDTH :]:
                low = index * WIDTH
                if low + width > before:
                    data = b"".join(
                        self.node(level * HEIGHT, place) for place in range(low, low + width)
                    )
                    changed.append((tiles.tile_path(level, index, width), data))
        return changed
