"""Merkle tree hashing and proofs, RFC 6962 section 2.1, over leaf hashes held in memory.

`leaf_hash(d) = SHA-256(0x00 || d)`, `node_hash(l, r) = SHA-256(0x01 || l || r)`; a tree of n leaves
splits at the largest power of two below n. Levels are kept, so nothing is hashed twice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence

EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """32 bytes: the hash of a leaf's data."""
    return hashlib.sha256(b"\0" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """32 bytes: the hash of an inner node."""
    return hashlib.sha256(b"\1" + left + right).digest()


def leaf_hashes(leaves: Iterable[bytes]) -> list[bytes]:
    """`leaf_hash` of each, in order: the batch path."""
    sha256 = hashlib.sha256
    return [sha256(b"\0" + leaf).digest() for leaf in leaves]


def parents(hashes: Sequence[bytes]) -> list[bytes]:
    """The level above. `hashes` begin at an even place; an odd last one has no parent yet."""
    sha256 = hashlib.sha256
    pairs = zip(hashes[0::2], hashes[1::2], strict=False)
    return [sha256(b"\1" + left + right).digest() for left, right in pairs]


class Tree:
    """A tree over the leaf data handed in; made once, asked for its root and any path."""

    def __init__(self, leaves: Iterable[bytes]) -> None:
        self.levels = _levels(leaf_hashes(leaves))

    @classmethod
    def of_hashes(cls, hashes: Sequence[bytes]) -> Tree:
        """The tree over leaves of which the hashes are there already."""
        tree = cls(())
        tree.levels = _levels(hashes)
        return tree

    @property
    def size(self) -> int:
        """Number of leaves."""
        return len(self.levels[0])

    @property
    def root(self) -> bytes:
        """RFC 6962 root; of no leaves, SHA-256 of nothing."""
        return root(self.size, self.node)

    def node(self, level: int, index: int) -> bytes:
        """Hash of the complete subtree of 2**level leaves that is number `index` there."""
        return self.levels[level][index]

    def inclusion(self, index: int) -> list[bytes]:
        """Audit path of a leaf, from its sibling upwards."""
        return inclusion(index, self.size, self.node)


def _levels(hashes: Sequence[bytes]) -> list[Sequence[bytes]]:
    levels = [hashes]
    while len(levels[-1]) > 1:
        levels.append(parents(levels[-1]))
    return levels


Node = Callable[[int, int], bytes]
"""Gives the hash of the complete subtree of 2**level leaves with number `index` on its level."""


def root(size: int, node: Node) -> bytes:
    """Root over `size` leaves."""
    return _range(0, size, node) if size else EMPTY_ROOT


def inclusion(index: int, size: int, node: Node) -> list[bytes]:
    """RFC 6962 2.1.1: audit path of leaf `index` in a tree of `size`, from the leaf upwards."""
    if not 0 <= index < size:
        raise IndexError(index)
    path: list[bytes] = []
    start, stop = 0, size
    while stop - start > 1:
        middle = start + _split(stop - start)
        if index < middle:
            path.append(_range(middle, stop, node))
            stop = middle
        else:
            path.append(_range(start, middle, node))
            start = middle
    return path[::-1]


def consistency(old: int, new: int, node: Node) -> list[bytes]:
    """RFC 6962 2.1.2: proof that the tree of `old` leaves is a prefix of that of `new`."""
    if not 0 <= old <= new:
        raise IndexError(old)
    return [] if old in (0, new) else _subproof(old, 0, new, node, whole=True)


def verify_inclusion(
    leaf: bytes, index: int, size: int, path: Sequence[bytes], expected: bytes
) -> bool:
    """RFC 9162 2.1.3.2: whether leaf hash `leaf` stands at `index` under root `expected`."""
    if not 0 <= index < size:
        return False
    position, last, found = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if position & 1 or position == last:
            found = node_hash(sibling, found)
            while not position & 1 and position:
                position >>= 1
                last >>= 1
        else:
            found = node_hash(found, sibling)
        position >>= 1
        last >>= 1
    return last == 0 and found == expected


def verify_consistency(
    old: int, new: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]
) -> bool:
    """RFC 9162 2.1.4.2: whether the tree of `old` leaves is a prefix of that of `new`."""
    if old in (0, new):
        same = old_root == new_root if old == new else old_root == EMPTY_ROOT
        return not path and same
    if not 0 < old < new or not path:
        return False
    hashes = list(path) if old & (old - 1) else [old_root, *path]
    position, last = old - 1, new - 1
    while position & 1:
        position >>= 1
        last >>= 1
    first = second = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            return False
        if position & 1 or position == last:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            while not position & 1 and position:
                position >>= 1
                last >>= 1
        else:
            second = node_hash(second, sibling)
        position >>= 1
        last >>= 1
    return last == 0 and first == old_root and second == new_root


def _split(size: int) -> int:
    """The largest power of two below `size`."""
    return 1 << ((size - 1).bit_length() - 1)


def _range(start: int, stop: int, node: Node) -> bytes:
    """Hash over leaves start..stop, where start is a multiple of a power of two >= the width."""
    size = stop - start
    if size & (size - 1) == 0:
        level = size.bit_length() - 1
        return node(level, start >> level)
    middle = start + _split(size)
    return node_hash(_range(start, middle, node), _range(middle, stop, node))


def _subproof(old: int, start: int, stop: int, node: Node, *, whole: bool) -> list[bytes]:
    if old == stop - start:
        return [] if whole else [_range(start, stop, node)]
    half = _split(stop - start)
    if old <= half:
        rest = _range(start + half, stop, node)
        return [*_subproof(old, start, start + half, node, whole=whole), rest]
    left = _range(start, start + half, node)
    return [*_subproof(old - half, start + half, stop, node, whole=False), left]
