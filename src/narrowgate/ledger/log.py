"""The append-only log on disk. What the checkpoint does not cover was never written.

Writing order: entry bundles, hash tiles, then the checkpoint, each durable
before the next. An append that was cut off leaves files beyond the checkpoint; the next append
writes over them, or removes them before its own checkpoint would seem to cover them. So every file
within the checkpoint's size belongs to a checkpoint that was published, and can be held against it.
Full tiles never change; partial ones go when the full one stands.

A head is signed only over a head of the same key whose right edge was found sound: a log that is
damaged stops, it does not fork. And a checkpoint replaces only the one that the append began with:
of two writers who began with the same, one alone succeeds, also where no lock keeps them apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from narrowgate.errors import Internal
from narrowgate.ledger import tiles, tree
from narrowgate.ledger.checkpoint import Checkpoint
from narrowgate.ledger.note import Signer, open_note, sign_note
from narrowgate.ledger.tiles import HEIGHT, MAX_ENTRY, WIDTH
from narrowgate.ledger.view import Reader, View, damaged

CHECKPOINT = "checkpoint"
COSIGNED = "cosigned"
"""The latest checkpoint that as many witnesses as are needed have cosigned; it may be older."""
OFFERED = "offered"
"""The checkpoint that witnesses are cosigning, with the cosignatures that came so far."""


class Writer(Protocol):
    """Puts bytes under a path, whole and durable."""

    def write(self, name: str, data: bytes) -> None:
        """Durable when it returns."""

    def replace(self, name: str, data: bytes, expected: bytes | None) -> None:
        """Like `write`, but only over the bytes `expected`, None for over nothing; raises where
        others stand, having written nothing.
        """

    def delete(self, name: str) -> None:
        """Remove what stands there, if anything does."""


class Log:
    """A log of byte entries. `signer`: an Ed25519 key; `origin`: its name and the log's."""

    def __init__(self, reader: Reader, writer: Writer, signer: Signer, origin: str) -> None:
        self._reader, self._writer = reader, writer
        self._signer, self._origin = signer, origin
        self._opened: tuple[bytes, Checkpoint] | None = None

    def view(self) -> View:
        """The log as it stands: one checkpoint and what it covers. Whoever needs a checkpoint and
        a proof under it takes both from one view. Raises Internal where the checkpoint is damaged.
        """
        note = self._reader.read(CHECKPOINT)
        if note is None:
            return View(self._reader, Checkpoint(self._origin), b"")
        if self._opened is None or note != self._opened[0]:
            self._opened = note, self._open(note)
        return View(self._reader, self._opened[1], note)

    def cosigned(self) -> View | None:
        """The log as of the checkpoint that was published with its cosignatures, if one was."""
        note = self._reader.read(COSIGNED)
        return None if note is None else View(self._reader, self._open(note), note)

    def offered(self) -> bytes | None:
        """The checkpoint that too few have cosigned yet, with what it has."""
        return self._reader.read(OFFERED)

    def offer(self, note: bytes) -> None:
        """Keep a checkpoint that too few have cosigned yet."""
        self.open_at(note)
        self._writer.write(OFFERED, note)

    def own_note(self, note: bytes) -> bytes:
        """The checkpoint of a note with the log's own signature and no other."""
        return sign_note(self.open_at(note).text, self._origin, self._signer)

    def open_at(self, note: bytes) -> Checkpoint:
        """The head in a note that this log signed, now or earlier. Raises ValueError for another's,
        IndexError for one that is ahead of the log.
        """
        head, view = Checkpoint.read(open_note(note, self._origin, self._signer)), self.view()
        if head.origin != self._origin or head.root != view.root_at(head.size):
            raise ValueError("a checkpoint of another log")
        return head

    def publish_cosigned(self, note: bytes) -> None:
        """Keep a checkpoint with its cosignatures; show it as the log's own while it is the latest.

        Raises ValueError or IndexError as `open_at` does.
        """
        head = self.open_at(note)
        self._writer.write(COSIGNED, note)
        view = self.view()
        if head == view.head:
            self._writer.replace(CHECKPOINT, note, view.note)

    @property
    def head(self) -> Checkpoint:
        """The checkpoint as it stands on disk; that of the empty log where there is none."""
        return self.view().head

    @property
    def size(self) -> int:
        """Number of entries."""
        return self.head.size

    def checkpoint(self) -> bytes:
        """The signed checkpoint. Raises Internal for a log without entries."""
        note = self.view().note
        if not note:
            raise damaged(CHECKPOINT)
        return note

    def append(self, entries: Sequence[bytes]) -> range:
        """Append entries under one checkpoint; returns their indexes. At most 65,535 bytes each.

        Cost: the new entries and one tile a level, whatever the log's size. Raises ValueError for
        an entry that is too long, Internal where the log's right edge is damaged.
        """
        if any(len(entry) > MAX_ENTRY for entry in entries):
            raise ValueError("an entry has at most 65,535 bytes")
        view = self.view()
        start, stop = view.size, view.size + len(entries)
        if start == stop:
            return range(start, stop)
        kept = _sound_edge(view)
        edge = _Edge(view, tree.leaf_hashes(entries))
        for index, width in tiles.tiles(stop, start // WIDTH):
            low = index * WIDTH - start
            bundle = [*(kept if low < 0 else ()), *entries[max(low, 0) : low + width]]
            self._writer.write(tiles.entries_path(index, width), tiles.write_bundle(bundle))
        for path, data in edge.tiles():
            self._writer.write(path, data)
        self._clear(_never_published(start, stop))
        head = Checkpoint(self._origin, stop, tree.root(stop, edge.node))
        note = sign_note(head.text, self._origin, self._signer)
        self._writer.replace(CHECKPOINT, note, view.note or None)
        self._clear(_outgrown(start, stop))
        return range(start, stop)

    def entry(self, index: int) -> bytes:
        """One entry."""
        return self.view().entry(index)

    def entries(self, start: int, stop: int) -> list[bytes]:
        """Entries start..stop. Raises IndexError beyond the checkpoint."""
        return self.view().entries(start, stop)

    def inclusion(self, index: int) -> list[bytes]:
        """Audit path of an entry under the checkpoint."""
        return self.view().inclusion(index)

    def consistency(self, old: int, new: int | None = None) -> list[bytes]:
        """Proof that the log at size `old` is a prefix of that at `new` (by default now)."""
        view = self.view()
        return view.consistency(old, view.size if new is None else new)

    def verify(self) -> list[str]:
        """Recompute everything from the entries; every fault in words. Empty: sound."""
        try:
            view = self.view()
            entries = view.entries(0, view.size)
        except Internal as fault:
            return [str(fault)]
        made = tree.Tree(entries)
        faults = [
            f"{path} does not follow from the entries"
            for path, level, index, expected in _tiles(made)
            if not _stands(view, level, index, expected)
        ]
        for path, expected in _older(made, entries):
            if self._reader.read(path) not in (None, expected):
                faults.append(f"{path} does not follow from the entries")
        if made.root != view.head.root:
            faults.append("the checkpoint's root does not follow from the entries")
        return faults

    def _clear(self, paths: Iterator[str]) -> None:
        """Remove those of the paths that there are: one listing a folder, for a deletion may cost a
        request.
        """
        there: dict[str, list[str]] = {}
        for path in paths:
            folder, _, name = path.rpartition("/")
            if folder not in there:
                there[folder] = self._reader.names(folder)
            if name in there[folder]:
                self._writer.delete(path)

    def _open(self, note: bytes) -> Checkpoint:
        try:
            head = Checkpoint.read(open_note(note, self._origin, self._signer))
        except ValueError:
            raise damaged(CHECKPOINT) from None
        if head.origin != self._origin:
            raise damaged(CHECKPOINT)
        return head


class _Edge:
    """The tree's new nodes while leaves are appended, level by level, above the log's own."""

    def __init__(self, view: View, leaves: Sequence[bytes]) -> None:
        self._view, self._size = view, view.size + len(leaves)
        self._levels: list[tuple[int, Sequence[bytes]]] = []
        first, hashes = view.size, leaves
        while hashes:
            self._levels.append((first, hashes))
            if first % 2:
                first, hashes = first - 1, [self.node(len(self._levels) - 1, first - 1), *hashes]
            first, hashes = first // 2, tree.parents(hashes)

    def node(self, level: int, index: int) -> bytes:
        """Hash of a complete subtree: a new one, or one that the log has."""
        if level < len(self._levels):
            first, hashes = self._levels[level]
            if index >= first:
                return hashes[index - first]
        return self._view.node(level, index)

    def tiles(self) -> Iterator[tuple[str, bytes]]:
        """Path and content of every tile that has changed."""
        for level, (first, hashes) in enumerate(self._levels[::HEIGHT]):
            for index, width in tiles.tiles(first + len(hashes), first // WIDTH):
                low = index * WIDTH - first
                old = self._view.tile(level, index) if low < 0 else b""
                new = b"".join(hashes[max(low, 0) : low + width])
                yield tiles.tile_path(level, index, width), old + new


def _sound_edge(view: View) -> list[bytes]:
    """The entries of the last, partial bundle; all that an append builds on is found sound.

    Raises Internal where the right edge of the tree does not lead to the root that was signed.
    """
    first = view.size // WIDTH * WIDTH
    kept = view.entries(first, view.size)
    leaves = b"".join(tree.leaf_hashes(kept))
    if tree.root(view.size, view.node) != view.head.root:
        raise damaged("tile")
    if kept and view.tile(0, first // WIDTH) != leaves:
        raise damaged(tiles.entries_path(first // WIDTH, len(kept)))
    return kept


def _partial(level: int, size: int) -> list[str]:
    """The partial files at which tile level `level` ends when it has `size` hashes."""
    index, width = divmod(size, WIDTH)
    paths = [tiles.tile_path(level, index, width)] if width else []
    return [*paths, tiles.entries_path(index, width)] if width and not level else paths


def _never_published(start: int, stop: int) -> Iterator[str]:
    """Partial files of sizes between two checkpoints: only an append that was cut off wrote any."""
    for level in tiles.levels(stop):
        for size in range((start >> HEIGHT * level) + 1, stop >> HEIGHT * level):
            yield from _partial(level, size)


def _outgrown(start: int, stop: int) -> Iterator[str]:
    """Partial files of tiles that were filled between two checkpoints."""
    for level in tiles.levels(stop):
        before, after = start >> HEIGHT * level, stop >> HEIGHT * level
        filled = before // WIDTH
        if after // WIDTH > filled:
            for size in range(filled * WIDTH + 1, before + 1):
                yield from _partial(level, size)


def _tiles(made: tree.Tree) -> Iterator[tuple[str, int, int, bytes]]:
    """Path, level, index and content of every tile of a log with this tree."""
    for level in tiles.levels(made.size):
        hashes = made.levels[level * HEIGHT]
        for index, width in tiles.tiles(len(hashes)):
            data = b"".join(hashes[index * WIDTH : index * WIDTH + width])
            yield tiles.tile_path(level, index, width), level, index, data


def _stands(view: View, level: int, index: int, expected: bytes) -> bool:
    try:
        return view.tile(level, index) == expected
    except Internal:
        return False


def _older(made: tree.Tree, entries: Sequence[bytes]) -> Iterator[tuple[str, bytes]]:
    """Path and content of the partial files that older checkpoints may have left at the edge."""
    for level in tiles.levels(len(entries)):
        hashes = made.levels[level * HEIGHT]
        first = len(hashes) // WIDTH * WIDTH
        for size in range(first + 1, len(hashes)):
            data = b"".join(hashes[first:size])
            yield tiles.tile_path(level, first // WIDTH, size - first), data
            if not level:
                bundle = tiles.write_bundle(entries[first:size])
                yield tiles.entries_path(first // WIDTH, size - first), bundle
