"""The distinct tokens and pieces of one table: each is split, classified and looked at once."""

from __future__ import annotations

from functools import lru_cache
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from narrowgate.standard.lexicon import classify
from narrowgate.standard.phrases import may_begin, may_follow
from narrowgate.standard.pieces import split_token

Ints: TypeAlias = npt.NDArray[np.int32]

_KEPT = 1 << 16  # words and tokens remembered from one table to the next


class Vocabulary:
    """Pieces by number. `texts`, `classes` (lexicon.py), and which may stand in a phrase.

    A run of digits may have two numbers, if it stands alone here and inside a token there.
    """

    def __init__(self) -> None:
        self._of_piece: dict[str, int] = {}
        self.texts: list[str] = []
        self.classes = bytearray()
        self.begins = bytearray()
        self.follows = bytearray()

    def read(self, tokens: pa.Array) -> tuple[Ints, Ints]:
        """(how many pieces each distinct token has, the numbers of all pieces on end)."""
        alone = pc.ascii_is_decimal(tokens)
        digits = tokens.filter(alone).to_pylist()
        others = tokens.filter(pc.invert(alone)).to_pylist()
        first = len(self.texts)
        self.texts += digits
        self.classes += b"n" * len(digits)
        self.begins += bytes(len(digits))
        self.follows += bytes(len(digits))
        of_token = [list(map(self.number, _split(token))) for token in others]
        is_digits = alone.to_numpy(zero_copy_only=False)
        counts = np.ones(len(tokens), np.int32)
        counts[~is_digits] = np.fromiter(map(len, of_token), np.int32, len(others))
        flat = np.empty(int(counts.sum()), np.int32)
        from_digits = np.repeat(is_digits, counts)
        flat[from_digits] = np.arange(first, first + len(digits), dtype=np.int32)
        flat[~from_digits] = [number for numbers in of_token for number in numbers]
        return counts, flat

    def number(self, piece: str) -> int:
        """The number of a piece, new or known."""
        known = self._of_piece.get(piece)
        if known is None:
            known = self._of_piece[piece] = len(self.texts)
            letter, begins, follows = _looked_at(piece)
            self.texts.append(piece)
            self.classes.append(letter)
            self.begins.append(begins)
            self.follows.append(follows)
        return known

    def find(self, piece: str) -> int:
        """The number of a piece that is not digits alone, or -1."""
        return self._of_piece.get(piece, -1)


_split = lru_cache(_KEPT)(split_token)


@lru_cache(_KEPT)
def _looked_at(piece: str) -> tuple[int, bool, bool]:
    return ord(classify(piece)), may_begin(piece), may_follow(piece)
