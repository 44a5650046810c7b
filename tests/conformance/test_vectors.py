"""Published vectors, against the gate's tree and the verifier's.

The tree and proofs are those of the certificate-transparency project's reference tests (merkletree
testdata, RFC 6962): eight leaves, their roots at every size, audit paths and consistency proofs.
"""

import pytest

from narrowgate.ledger import tree
from narrowgate.ledger.tiles import tile_path
from narrowgate_verify import merkle
from narrowgate_verify.log import number

LEAVES = [bytes.fromhex(text) for text in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip
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
A = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
B = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
C = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
D = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
E = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
F = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
PATHS = [  # index from 1, size, path
    (1, 1, []), (1, 8, [A, B, C]), (6, 8, [D, E, ROOTS[3]]), (3, 3, [ROOTS[1]]),
    (2, 5, [ROOTS[0], B, D]),
]  # fmt: skip
CONSISTENCY = [(1, 1, []), (1, 8, [A, B, C]), (6, 8, [F, E, ROOTS[3]]), (2, 5, [B, D])]


def nodes(path: list[str]) -> list[bytes]:
    return [bytes.fromhex(node) for node in path]


@pytest.mark.parametrize("size", range(1, 9))
def test_roots(size: int) -> None:
    made = tree.Tree(LEAVES[:size])
    hashes = [merkle.leaf_hash(leaf) for leaf in LEAVES[:size]]
    assert made.root.hex() == merkle.root(merkle.levels(hashes), size).hex() == ROOTS[size - 1]


@pytest.mark.parametrize(("place", "size", "path"), PATHS)
def test_audit_paths(place: int, size: int, path: list[str]) -> None:
    made, leaf, root = tree.Tree(LEAVES[:size]), LEAVES[place - 1], bytes.fromhex(ROOTS[size - 1])
    assert made.inclusion(place - 1) == nodes(path)
    assert tree.verify_inclusion(tree.leaf_hash(leaf), place - 1, size, nodes(path), root)
    found = merkle.root_from_path(merkle.leaf_hash(leaf), place - 1, size, nodes(path))
    assert found == root


@pytest.mark.parametrize(("old", "new", "path"), CONSISTENCY)
def test_consistency_proofs(old: int, new: int, path: list[str]) -> None:
    made = tree.Tree(LEAVES[:new])
    before, after = (bytes.fromhex(ROOTS[size - 1]) for size in (old, new))
    assert tree.consistency(old, new, made.node) == nodes(path)
    for verify in (tree.verify_consistency, merkle.consistent):
        assert verify(old, new, before, after, nodes(path))
        assert not verify(old, new, after, before, nodes(path)) or old == new
        assert not verify(old, new, before, after, [*nodes(path), before])


def test_the_paths_of_tiles() -> None:
    """C2SP tlog-tiles: index 1234067 is x001/x234/067; 256 hashes to a tile."""
    for width, end in ((256, ""), (112, ".p/112")):
        assert tile_path(0, 1234067, width) == f"tile/0/x001/x234/067{end}"
        assert number(1234067, width) == f"x001/x234/067{end}"
