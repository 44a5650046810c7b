"""The order of levels: a more alike level never weighs less than a less alike one.

Few pairs, or levels that a name's spelling mixes up, can turn two weights round, which nobody could
explain. Where the order is broken, the levels concerned are pooled: they get one weight, of their
m and u together, as isotonic regression pools adjacent violators (Barlow et al. 1972), here along a
partial order: a nickname and a slip are neither more alike than the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain, pairwise

from narrowgate.matching.model import Share

# Each chain runs from more to less alike; levels in no common chain are not compared.
CHAINS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "tin": (("exact", "slip", "else"),),
    "birth_date": (("exact", "slip", "else"), ("exact", "swapped", "else")),
    "given": (
        ("exact", "alike", "slip", "else"),
        ("exact", "nickname", "else"),
        ("exact", "initial", "else"),
        ("swapped", "else"),
    ),
    "family": (("exact", "alike", "slip", "else"), ("exact", "part", "else")),
    "middle": (("exact", "initial", "else"),),
    "suffix": (("exact", "else"),),
}


def in_order(
    comparison: str, shares: Mapping[str, Share]
) -> tuple[dict[str, Share], list[tuple[str, ...]]]:
    """The shares with m changed where the order was broken, u and the sum of m as they were; and
    the levels that were pooled, together.
    """
    blocks: dict[str, tuple[str, ...]] = {level: (level,) for level in shares}

    def ratio(block: tuple[str, ...]) -> float:
        return sum(shares[level].m for level in block) / sum(shares[level].u for level in block)

    steps = list(chain.from_iterable(pairwise(one) for one in CHAINS[comparison]))
    while broken := [
        (blocks[more], blocks[less])
        for more, less in steps
        if blocks[more] != blocks[less] and ratio(blocks[more]) < ratio(blocks[less])
    ]:
        together = (*broken[0][0], *broken[0][1])
        for level in together:
            blocks[level] = together
    pooled = list(dict.fromkeys(block for block in blocks.values() if len(block) > 1))
    mended = {
        level: share if len(blocks[level]) == 1 else Share(ratio(blocks[level]) * share.u, share.u)
        for level, share in shares.items()
    }
    return mended, pooled
