"""Likeness of names: the levels of two texts, computed once for each two that meet.

Texts are standard forms in ASCII capitals. Jaro-Winkler and the distance with exchanged neighbours
(optimal string alignment) are rapidfuzz's, on every engine.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, cached_property
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.process import cpdist

from narrowgate.engine.hashing import text_buffers
from narrowgate.matching.model import LEVELS
from narrowgate.register.arrays import Array
from narrowgate.standard import nicknames

Levels: TypeAlias = npt.NDArray[np.uint8]
_Bools: TypeAlias = npt.NDArray[np.bool_]

ALIKE = 0.92
"""Jaro-Winkler from which two names are alike (Winkler 1990; the usual first threshold)."""

NOT_UNLIKE = 0.55
"""No two texts of three letters or more that are one slip apart are less alike than this."""

NONE = 0
"""The text that is none."""

_WORTH_THREADS = 20_000
_FEWEST_LETTERS = 3
_MOST_SURNAMES = 4
_TEXT = pa.large_string()
_NO_TEXT = pa.array([""], _TEXT)


class Texts:
    """Texts by number, without doubles: two are the same if their numbers are. `columns`: the
    numbers (int64) of each array of texts, NONE for null.
    """

    def __init__(self, texts: Sequence[pa.Array]) -> None:
        together = pa.concat_arrays([_NO_TEXT, *(t.cast(_TEXT) for t in texts)])
        encoded = together.dictionary_encode()
        self.all = encoded.dictionary
        starts, self.lengths, letters = text_buffers(self.all)
        self.first = np.where(self.lengths > 0, letters[starts], 0)
        numbers = encoded.indices.fill_null(NONE).to_numpy().astype(np.int64)
        self.columns = np.split(numbers, np.cumsum([1, *map(len, texts)])[:-1])[1:]

    def given(self, one: Array, other: Array) -> Levels:
        """Levels of given names, as model.LEVELS counts them, without `swapped`; none is NONE."""
        levels = LEVELS["given"]
        return self._by_pair(one, other, self._given, levels.index("else"))

    def family(self, one: Array, other: Array) -> Levels:
        """Levels of family names, without `swapped`; none is NONE."""
        levels = LEVELS["family"]
        return self._by_pair(one, other, self._family, levels.index("else"))

    def initial(self, one: Array, other: Array) -> _Bools:
        """One is the first letter of the other."""
        short = (self.lengths[one] == 1) | (self.lengths[other] == 1)
        return np.asarray(short & (self.first[one] == self.first[other]))

    def _by_pair(self, one: Array, other: Array, judge: _Judge, rest: int) -> Levels:
        levels = np.zeros(len(one), np.uint8)  # `exact` is the first level everywhere
        unequal = np.flatnonzero(one != other)
        if not len(unequal):
            return levels
        met = pa.array((one[unequal] << 32) | other[unequal]).dictionary_encode()
        pairs = met.dictionary.to_numpy()
        found = np.full(len(pairs), rest, np.uint8)
        judge(pairs >> 32, pairs & 0xFFFFFFFF, found)
        levels[unequal] = found[met.indices.to_numpy()]
        return levels

    def _given(self, one: Array, other: Array, found: Levels) -> None:
        level = LEVELS["given"].index
        found[self.initial(one, other)] = level("initial")
        self._spelling(one, other, found, level("slip"), level("alike"))
        found[self._nicknames(one, other)] = level("nickname")

    def _family(self, one: Array, other: Array, found: Levels) -> None:
        level = LEVELS["family"].index
        self._spelling(one, other, found, level("slip"), level("alike"))
        found[self._other_surname(one, other)] = level("else")
        found[self._part(one, other)] = level("part")

    def _spelling(self, one: Array, other: Array, found: Levels, slip: int, alike: int) -> None:
        likeness, apart = _spelled(*(self.all.take(pa.array(side)) for side in (one, other)))
        found[apart] = slip
        found[likeness] = alike

    def _other_surname(self, one: Array, other: Array) -> _Bools:
        """Of two with several surnames each, the first or the last is another: a long beginning in
        common makes GARCIA LOPEZ and GARCIA PEREZ alike, and they are not one family.
        """
        differ = np.zeros(len(one), dtype=bool)
        at = np.flatnonzero(self._blank[one] & self._blank[other])
        for pattern in ("^(?P<word>[^ ]*)", "(?P<word>[^ ]*)$"):
            ends = (
                pc.extract_regex(self.all.take(pa.array(side[at])), pattern).field("word")
                for side in (one, other)
            )
            alike, slip = _spelled(*ends)
            differ[at] |= ~(alike | slip)
        return differ

    def _part(self, one: Array, other: Array) -> _Bools:
        """One of two surnames left out, or the two exchanged; a single letter is no surname."""
        several = self._blank[one] | self._blank[other]
        at = np.flatnonzero(several & (np.minimum(self.lengths[one], self.lengths[other]) > 2))
        ones, others = np.split(self._surnames(np.concatenate([one[at], other[at]])), 2)
        same = ones[:, :, None] == others[:, None, :]
        part = np.zeros(len(one), dtype=bool)
        part[at] = _all_there(ones, same.any(axis=2)) | _all_there(others, same.any(axis=1))
        return part

    @cached_property
    def _blank(self) -> _Bools:
        return np.asarray(pc.match_substring(self.all, " ").to_numpy(zero_copy_only=False))

    def _surnames(self, numbers: Array) -> Array:
        """The surnames of each, as numbers from 1, then 0; all 0 where there are more than four.
        int64 (n, 4).
        """
        parts = pc.split_pattern(self.all.take(pa.array(numbers)), " ")
        rows = pc.list_parent_indices(parts).to_numpy(zero_copy_only=False).astype(np.int64)
        codes = pc.list_flatten(parts).dictionary_encode().indices.to_numpy() + 1
        counts = np.bincount(rows, minlength=len(numbers))
        places = np.arange(len(rows)) - (np.cumsum(counts) - counts)[rows]
        fits = (counts <= _MOST_SURNAMES)[rows]
        table = np.zeros((len(numbers), _MOST_SURNAMES), np.int64)
        table[rows[fits], places[fits]] = codes[fits]
        return table

    def _nicknames(self, one: Array, other: Array) -> _Bools:
        ones, others = _nickname_pairs()
        first = pc.index_in(ones, value_set=self.all).fill_null(-1).to_numpy().astype(np.int64)
        second = pc.index_in(others, value_set=self.all).fill_null(-1).to_numpy().astype(np.int64)
        known = (first >= 0) & (second >= 0)
        return np.isin((one << 32) | other, (first[known] << 32) | second[known])


def _spelled(one: pa.Array, other: pa.Array) -> tuple[_Bools, _Bools]:
    """Of texts beside each other: alike, or the same; else one letter wrong, missing, too many or
    exchanged with its neighbour, in three or more.
    """
    ones, others = one.to_pylist(), other.to_pylist()
    workers = -1 if len(ones) >= _WORTH_THREADS else 1
    likeness = cpdist(
        ones, others, scorer=JaroWinkler.similarity, dtype=np.float64, workers=workers
    )
    alike = likeness >= ALIKE
    shorter = np.minimum(*(pc.utf8_length(side).to_numpy() for side in (one, other)))
    close = np.flatnonzero((likeness >= NOT_UNLIKE) & ~alike & (shorter >= _FEWEST_LETTERS))
    apart = cpdist(
        [ones[at] for at in close],
        [others[at] for at in close],
        scorer=OSA.distance,
        score_cutoff=1,
        dtype=np.int32,
        workers=workers,
    )
    slip = np.zeros(len(ones), dtype=bool)
    slip[close[apart == 1]] = True
    return alike, slip


def is_a_known_name(names: pa.Array) -> _Bools:
    """Each stands in the table of names (standard/nicknames.py), and so is no slip of one."""
    found = pc.is_in(names.cast(_TEXT), value_set=_names_borne())
    return np.asarray(found.to_numpy(zero_copy_only=False))


_Judge: TypeAlias = Callable[[Array, Array, Levels], None]


def _all_there(surnames: Array, found: Array) -> _Bools:
    """Every surname of a row is found on the other side, and there is one."""
    there = surnames > 0
    return np.asarray((found | ~there).all(axis=1) & there.any(axis=1))


@cache
def _nickname_pairs() -> tuple[pa.Array, pa.Array]:
    """Names of which one stands for the other, both ways."""
    pairs = nicknames.pairs()
    return tuple(pairs[side].combine_chunks().cast(_TEXT) for side in ("one", "other"))


@cache
def _names_borne() -> pa.Array:
    return nicknames.borne()["given"].combine_chunks().cast(_TEXT)
