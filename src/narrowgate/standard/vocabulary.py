"""The distinct tokens and pieces of one table: each is split, classified and looked at once."""

from __future__ import annotations

from narrowgate.standard.lexicon import classify
from narrowgate.standard.phrases import may_begin, may_follow
from narrowgate.standard.pieces import split_token


class Vocabulary:
    """Pieces by number. `texts`, `classes` (lexicon.py), and which may stand in a phrase."""

    def __init__(self) -> None:
        self._of_token: dict[str, tuple[int, ...]] = {}
        self._of_piece: dict[str, int] = {}
        self.texts: list[str] = []
        self.classes = bytearray()
        self.begins = bytearray()
        self.follows = bytearray()

    def of_token(self, token: str) -> tuple[int, ...]:
        """The pieces of one blank-free run of raw text."""
        known = self._of_token.get(token)
        if known is None:
            if token.isdigit() and token.isascii():
                known = (self.number(token),)
            else:
                known = tuple(map(self.number, split_token(token)))
            self._of_token[token] = known
        return known

    def number(self, piece: str) -> int:
        """The number of a piece, new or known."""
        known = self._of_piece.get(piece)
        if known is None:
            known = self._of_piece[piece] = len(self.texts)
            self.texts.append(piece)
            digits = piece.isdigit()
            self.classes.append(ord("n" if digits else classify(piece)))
            self.begins.append(not digits and may_begin(piece))
            self.follows.append(not digits and may_follow(piece))
        return known

    def find(self, piece: str) -> int:
        """The number of a piece, or -1."""
        return self._of_piece.get(piece, -1)
