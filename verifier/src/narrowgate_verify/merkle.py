"""RFC 6962 section 2.1: hashes of leaves and nodes, roots, and audit paths."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence


def leaf_hash(data: bytes) -> bytes:
    """Hash of a leaf's data."""
    return hashlib.sha256(b"\x00" + data).digest()


def levels(leaves: Sequence[bytes]) -> list[list[bytes]]:
    """Hashes of complete subtrees, level by level, over leaf hashes: level k has n >> k of them."""
    found = [list(leaves)]
    while len(found[-1]) > 1:
        below = found[-1]
        found.append(
            [
                hashlib.sha256(b"\x01" + below[i] + below[i + 1]).digest()
                for i in range(0, len(below) - 1, 2)
            ]
        )
    return found


def root(tree: Sequence[Sequence[bytes]], size: int) -> bytes:
    """Root over the first `size` leaves of `levels`: a complete subtree for each binary digit of
    the size, joined.
    """
    if not size:
        return hashlib.sha256(b"").digest()
    parts, start = [], 0
    for level in reversed(range(size.bit_length())):
        if size >> level & 1:
            parts.append(tree[level][start >> level])
            start += 1 << level
    found = parts.pop()
    while parts:
        found = hashlib.sha256(b"\x01" + parts.pop() + found).digest()
    return found


def root_from_path(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root that an audit path leads to from leaf hash `leaf` at `index`; None where the path
    has not the length that index and size ask for (RFC 9162 2.1.3.2).
    """
    if not 0 <= index < size:
        return None
    found, position, last = leaf, index, size - 1
    rest = list(path)
    while last:
        if position & 1:
            if not rest:
                return None
            found = hashlib.sha256(b"\x01" + rest.pop(0) + found).digest()
        elif position < last:
            if not rest:
                return None
            found = hashlib.sha256(b"\x01" + found + rest.pop(0)).digest()
        position, last = position >> 1, last >> 1
    return None if rest else found


def consistent(
    old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> bool:
    """RFC 9162 2.1.4.2: whether `proof` shows that the tree of `old` leaves is a prefix of that of
    `new`. The empty tree is a prefix of any; it takes no proof.
    """
    if old in (0, new):
        return not proof and (old == 0 or old_root == new_root)
    if old > new or not proof:
        return False
    path = list(proof)
    if old & (old - 1) == 0:
        path.insert(0, old_root)
    position, last = old - 1, new - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    first = second = path[0]
    for node in path[1:]:
        if not last:
            return False
        if position & 1 or position == last:
            first = hashlib.sha256(b"\x01" + node + first).digest()
            second = hashlib.sha256(b"\x01" + node + second).digest()
            while position and not position & 1:
                position, last = position >> 1, last >> 1
        else:
            second = hashlib.sha256(b"\x01" + second + node).digest()
        position, last = position >> 1, last >> 1
    return not last and first == old_root and second == new_root
