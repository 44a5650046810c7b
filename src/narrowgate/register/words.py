"""The dictionary of a snapshot: every name, city, state and ZIP of the register once, by number."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from narrowgate.engine.hashing import Hasher
from narrowgate.register.arrays import Array, Open, Write
from narrowgate.register.index import Index, write_index
from narrowgate.register.layout import BEARERS, NO_WORD, UNKNOWN_WORD

WORD = 0
"""Domain of the hashes of words (blocking.py has the others)."""

_TEXT = pa.large_string()


class Dictionary:
    """Words as they come, numbered from 1; 0 is no word."""

    def __init__(self) -> None:
        self._words = pa.array([""], _TEXT)
        self._bearers = np.zeros(1, BEARERS)

    def numbers(self, columns: Sequence[pa.Array]) -> list[npt.NDArray[np.uint32]]:
        """The number of each text of `columns`, 0 for null; what is new is taken in."""
        encoded = [column.cast(_TEXT).dictionary_encode() for column in columns]
        here = pa.concat_arrays([column.dictionary for column in encoded]).unique()
        known = pc.index_in(here, value_set=self._words)
        new = known.is_null().to_numpy(zero_copy_only=False)
        numbers = known.fill_null(0).to_numpy().astype(np.uint32)
        numbers[new] = np.arange(len(self._words), len(self._words) + new.sum())
        self._words = pa.concat_arrays([self._words, here.filter(pa.array(new))])
        return [_decoded(column, here, numbers) for column in encoded]

    def borne(self, person: Array, given: Array, family: Array) -> None:
        """Count people by their names: number of the person and of the words, one row a name."""
        missing = len(self._words) - len(self._bearers)
        self._bearers = np.concatenate([self._bearers, np.zeros(missing, BEARERS)])
        for field, words in (("given", given), ("family", family)):
            bearer = person.astype(np.uint64)
            pairs = np.sort((words.astype(np.uint64) << np.uint64(32)) | bearer)
            fresh = np.diff(pairs, prepend=~pairs[:1]) != 0
            borne = (pairs[fresh] >> np.uint64(32)).astype(np.int64)
            counts = np.bincount(borne, minlength=len(self._bearers))
            self._bearers[field] += counts.astype(np.uint32)

    def write(self, write: Write, hasher: Hasher) -> int:
        """Write the dictionary and its index; returns how many words there are, with word 0."""
        self.borne(*np.zeros((3, 0), np.uint64))
        _, offsets, letters = self._words.buffers()
        count = len(self._words)
        starts = np.frombuffer(offsets, np.int64)[: count + 1]
        write("word-starts", starts)
        write("word-letters", np.frombuffer(letters, np.uint8)[: starts[-1]])
        self._bearers[NO_WORD] = 0
        write("word-bearers", self._bearers)
        hashes = hasher.texts(WORD, self._words)[1:]
        write_index(write, "word-index", hashes, np.arange(1, count, dtype=np.uint32))
        return count


def _decoded(column: pa.Array, here: pa.Array, numbers: Array) -> npt.NDArray[np.uint32]:
    place = pc.index_in(column.dictionary, value_set=here).to_numpy()
    codes = np.append(numbers[place], np.uint32(NO_WORD))
    return np.asarray(codes[column.indices.fill_null(len(codes) - 1).to_numpy()])


class Words:
    """The dictionary of an opened snapshot."""

    def __init__(self, open_array: Open, hasher: Hasher) -> None:
        self._hasher = hasher
        self._starts = open_array("word-starts", "<i8")
        self._letters = open_array("word-letters", "u1")
        self._bearers = open_array("word-bearers", BEARERS)
        self._index = Index(open_array, "word-index")

    def numbers(self, texts: pa.Array) -> npt.NDArray[np.uint32]:
        """Of each text: 0 for null, UNKNOWN_WORD for one that nobody of the register bears."""
        return self.numbers_of([texts])[0]

    def numbers_of(self, columns: Sequence[pa.Array]) -> list[npt.NDArray[np.uint32]]:
        """`numbers` of each column, all asked at once."""
        encoded = pa.concat_arrays(columns).dictionary_encode()
        hits = self._index.find(self._hasher.texts(WORD, encoded.dictionary))
        codes = np.full(len(encoded.dictionary) + 1, UNKNOWN_WORD, np.uint32)
        codes[hits.asked] = hits.values
        codes[-1] = NO_WORD
        numbers = codes[encoded.indices.fill_null(len(codes) - 1).to_numpy()]
        return np.split(numbers, np.cumsum([len(column) for column in columns])[:-1])

    def texts(self, numbers: Array) -> pa.Array:
        """The words of these numbers (none unknown); null for 0."""
        none = pa.array(numbers == NO_WORD)
        return pc.if_else(none, pa.scalar(None, _TEXT), self._all.take(pa.array(numbers)))

    def bearers(self, numbers: Array) -> Array:
        """BEARERS of these words; 0 for 0 and for an unknown one."""
        known = numbers != UNKNOWN_WORD
        return np.asarray(self._bearers.take(np.where(known, numbers, NO_WORD)))

    @cached_property
    def _all(self) -> pa.Array:
        starts = self._starts.whole()
        buffers = [None, pa.py_buffer(starts), pa.py_buffer(self._letters.whole())]
        return pa.Array.from_buffers(_TEXT, len(starts) - 1, buffers)
