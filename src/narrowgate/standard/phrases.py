"""Neighbouring pieces that are one word: TWENTY FIRST, FARM TO MARKET, P O B, N6 W23001.

Done on piece numbers for a whole table at once, before the grammar sees it: whether a piece may
begin or end a pair is looked up once a distinct piece, a pair is joined once a distinct pair.
Digits never join words: 20 FIRST ST is not 21ST ST. While a number in words is being put together
it is written with an equals sign, which no piece has, and loses it when nothing more joins it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from narrowgate.standard.lexicon import CARDINALS, ORDINALS, ordinal

_SPELLED = re.compile(r"=(\d+)(ST|ND|RD|TH)?")
_NORTHING, _EASTING = re.compile(r"[NS]\d+"), re.compile(r"[EW]\d+")
_PAIRS: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("U", "S"): "US",
        ("P", "O"): "PO",
        ("PO", "B"): "POB",
        ("R", "F"): "RF",
        ("RF", "D"): "RFD",
        ("TO", "MARKET"): "TOMARKET",
        ("FARM", "TOMARKET"): "FM",
        ("FIRM", "CALLER"): "CALLER",
        ("LOCK", "BOX"): "LOCKBOX",
        ("CARE", "OF"): "CAREOF",
        ("IN", "CAREOF"): "CAREOF",
        **{(county, "TRUNK"): "COUNTY" for county in ("COUNTY", "CNTY", "CO")},
    }
)
_FIRST = frozenset(first for first, _ in _PAIRS)
_SECOND = frozenset(second for _, second in _PAIRS)

Ints: TypeAlias = npt.NDArray[np.int32]
Places: TypeAlias = npt.NDArray[np.intp]


def may_begin(piece: str) -> bool:
    """Whether some piece may join this one from behind."""
    return (
        piece in _FIRST
        or _cardinal(piece) is not None
        or _NORTHING.fullmatch(piece) is not None
        or _EASTING.fullmatch(piece) is not None
    )


def may_follow(piece: str) -> bool:
    """Whether this piece may join one before it."""
    return (
        piece in _SECOND
        or piece in ("HUNDRED", "HUNDREDTH")
        or _number(piece) is not None
        or _NORTHING.fullmatch(piece) is not None
        or _EASTING.fullmatch(piece) is not None
    )


def joined(first: str, second: str) -> str | None:
    """The one piece that two neighbours make, if they do."""
    known = _PAIRS.get((first, second))
    if known is not None:
        return known
    if (_NORTHING.fullmatch(first) and _EASTING.fullmatch(second)) or (
        _EASTING.fullmatch(first) and _NORTHING.fullmatch(second)
    ):
        return first + second
    return _counted(first, second)


def _counted(first: str, second: str) -> str | None:
    """TWENTY + FIRST, ONE + HUNDRED, ONE HUNDRED + FIRST; nothing else adds up."""
    before = _cardinal(first)
    if before is None:
        return None
    if second in ("HUNDRED", "HUNDREDTH"):
        if not 0 < before < 100:
            return None
        total = before * 100
        return f"={ordinal(total) if second == 'HUNDREDTH' else total}"
    after = _number(second)
    if after is None:
        return None
    value, is_ordinal = after
    tens = before in range(20, 100, 10) and 0 < value < 10
    hundreds = before >= 100 and before % 100 == 0 and 0 < value < 100
    if not (tens or hundreds):
        return None
    total = before + value
    return f"={ordinal(total) if is_ordinal else total}"


def _cardinal(piece: str) -> int | None:
    found = _number(piece)
    return None if found is None or found[1] else found[0]


def _number(piece: str) -> tuple[int, bool] | None:
    """(value, whether it is an ordinal) of a number in words."""
    if piece in CARDINALS:
        return CARDINALS[piece], False
    if piece in ORDINALS:
        return ORDINALS[piece], True
    found = _SPELLED.fullmatch(piece)
    return None if found is None else (int(found[1]), found[2] is not None)


class Words(Protocol):
    """Pieces by number, and whether each may begin or end a pair (vocabulary.py)."""

    texts: list[str]
    begins: bytearray
    follows: bytearray

    def number(self, piece: str, /) -> int:
        """The number of a piece, new or known."""


def join_pieces(ids: Ints, ends: Ints, words: Words) -> tuple[Ints, Ints]:
    """(ids, ends) with what belongs together joined.

    `ids`: piece numbers of all rows on end; `ends`: where each row begins, and the last ends.
    """
    changed = False
    while True:
        at = _neighbours(ids, ends, words)
        at, made = _made(at, ids, words)
        if not len(at):
            return (_plain(ids, words), ends) if changed else (ids, ends)
        changed = True
        ids = ids.copy()
        ids[at] = made
        ids = np.delete(ids, at + 1)
        ends = (ends - np.searchsorted(at + 1, ends)).astype(np.int32)


def _neighbours(ids: Ints, ends: Ints, words: Words) -> Places:
    """Where a piece that may begin a pair stands before one that may end it, in one row."""
    begins = np.frombuffer(bytes(words.begins), np.bool_)
    follows = np.frombuffer(bytes(words.follows), np.bool_)
    at = np.flatnonzero(begins[ids[:-1]])
    at = at[follows[ids[at + 1]]]
    inside: Places = at[ends[np.searchsorted(ends, at, side="right")] != at + 1]
    return inside


def _made(at: Places, ids: Ints, words: Words) -> tuple[Places, Ints]:
    """Where two pieces become one, and which; of two pairs that share a piece, the first."""
    pairs, which = np.unique(
        ids[at].astype(np.int64) << 32 | ids[at + 1].astype(np.int64), return_inverse=True
    )
    texts = [joined(words.texts[p >> 32], words.texts[p & 0xFFFFFFFF]) for p in pairs.tolist()]
    numbers = np.array([-1 if text is None else words.number(text) for text in texts], np.int32)
    made: Ints = numbers[which]
    at, made = at[made >= 0], made[made >= 0]
    # One of a run at a time: the next round sees what is left.
    alone = np.diff(at, prepend=-2) != 1
    return at[alone], made[alone]


def _plain(ids: Ints, words: Words) -> Ints:
    plain = np.arange(len(words.texts), dtype=np.int32)
    for at, text in enumerate(words.texts[:]):
        if text[0] == "=":
            plain[at] = words.number(text[1:])
    found: Ints = plain[ids]
    return found
