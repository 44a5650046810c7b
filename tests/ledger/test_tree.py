"""RFC 6962 hashing against published roots; every proof of every size."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from narrowgate.ledger.tree import (
    EMPTY_ROOT,
    Tree,
    consistency,
    leaf_hash,
    verify_consistency,
    verify_inclusion,
)

# The eight leaves and roots of the Certificate Transparency reference implementation.
LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_the_published_ones(size: int) -> None:
    assert Tree(LEAVES[:size]).root.hex() == ROOTS[size - 1]


def test_the_empty_tree() -> None:
    assert Tree([]).root == EMPTY_ROOT == hashlib.sha256(b"").digest()


@given(st.integers(1, 300), st.data())
@settings(max_examples=150)
def test_inclusion_is_proved_for_its_leaf_and_place_only(size: int, data: st.DataObject) -> None:
    tree = Tree([str(n).encode() for n in range(size)])
    index = data.draw(st.integers(0, size - 1))
    path, leaf = tree.inclusion(index), leaf_hash(str(index).encode())
    assert verify_inclusion(leaf, index, size, path, tree.root)
    assert not verify_inclusion(leaf_hash(b"other"), index, size, path, tree.root)
    assert not verify_inclusion(leaf, index, size, [*path, EMPTY_ROOT], tree.root)
    assert not verify_inclusion(leaf, size, size, path, tree.root)
    if path:
        assert not verify_inclusion(leaf, index, size, path[:-1], tree.root)
        assert not verify_inclusion(leaf, index ^ 1, size, path, tree.root)


@given(st.integers(0, 300), st.integers(0, 300))
@settings(max_examples=150)
def test_growth_is_proved_and_nothing_else(one: int, other: int) -> None:
    old, new = sorted((one, other))
    leaves = [str(n).encode() for n in range(new)]
    tree, before = Tree(leaves), Tree(leaves[:old])
    path = consistency(old, new, tree.node)
    assert verify_consistency(old, new, before.root, tree.root, path)
    if old > 0:
        forged = Tree([b"forged", *leaves[1:old]])
        assert not verify_consistency(old, new, forged.root, tree.root, path)
