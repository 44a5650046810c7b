"""City, state and ZIP said again at the end of a line: 123 MAIN ST SPRINGFIELD IL 62701.

Words are left out only where they are the row's own city, state and ZIP, read backwards from the
end of either line, and only where a whole address is left. What names another place stays, so that
the line is like none that it should not be like. Whole columns at a time, on piece numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from narrowgate.standard.lexicon import LEXICON
from narrowgate.standard.places import CITY_SPELLINGS, STATES
from narrowgate.standard.scalars import text_array
from narrowgate.standard.suffixes import split_words
from narrowgate.standard.vocabulary import Vocabulary
from narrowgate.standard.zips import numbers

Ints: TypeAlias = npt.NDArray[np.int32]
Flags: TypeAlias = npt.NDArray[np.bool_]

_LONGEST_CITY = 5  # words
_CODES = tuple(dict.fromkeys(STATES.values()))
# A suffix that seldom is the name itself: behind it a city's name is no part of the street's.
_SURE_SHORT = split_words("ST AVE RD DR LN BLVD CT CIR PL WAY TER PKWY HWY TRL SQ CV ALY")
_SURE_SUFFIXES = tuple(
    word for word, of in LEXICON.items() if of.cls in "xtXH" and of.short in _SURE_SHORT
)
_VALUES, _DESIGNATORS = b"nmalDh", b"uvsdb#qFBPH"


@dataclass(frozen=True, slots=True)
class _Pieces:
    """By piece number: its value as a ZIP, the state it names, its number as a word of a city."""

    zip5: Ints
    state: Ints
    city_word: Ints
    sure_end: Flags
    value: Flags
    designator: Flags
    only_a_state: Flags


@dataclass(frozen=True, slots=True)
class _Rows:
    """By row: ZIP, state, and the city's words from the last to the first; -1 where there is none.

    `names`: for each state of two words, the piece numbers of the first and the second.
    """

    zip5: Ints
    state: Ints
    city: Ints
    names: Ints


def without_place(
    ids: Ints, ends: Ints, words: Vocabulary, places: Mapping[str, pa.Array]
) -> tuple[Ints, Ints]:
    """(ids, ends) of the lines without the row's own place; as phrases.join_pieces."""
    rows = len(ends) - 1
    breaks = np.flatnonzero(ids == words.find("|")).astype(np.int32)
    if not rows or len(breaks) != rows:  # a separator in the text itself: no address anyway
        return ids, ends
    codes, city = _city_words(places["city"], words)
    row = _Rows(numbers(places["zip5"]), _states(places["state"]), city, _state_names(words))
    piece = _piece_table(words, codes)
    kept = np.ones(len(ids), np.bool_)
    for start, stop in ((ends[:-1], breaks), (breaks + 1, ends[1:])):
        _leave_out(kept, ids, start.astype(np.int32), stop, row, piece, first=stop is breaks)
    if kept.all():
        return ids, ends
    before = np.concatenate(([0], np.cumsum(kept))).astype(np.int32)
    return ids[kept], before[ends]


def _leave_out(
    kept: Flags, ids: Ints, start: Ints, stop: Ints, row: _Rows, piece: _Pieces, *, first: bool
) -> None:
    """Clear `kept` where one of the two lines of each row says the place again."""
    at = np.flatnonzero(stop > start)
    last = ids[stop[at] - 1]
    said = (
        ((piece.zip5[last] == row.zip5[at]) & (row.zip5[at] >= 0))
        | ((piece.city_word[last] == row.city[at, 0]) & (row.city[at, 0] >= 0))
        | ((piece.state[last] == row.state[at]) & (row.state[at] >= 0))
        | np.isin(last, row.names[:, 1])
    )
    at = at[said]
    if not len(at):
        return
    begin, end = start[at], stop[at]
    here = _Rows(row.zip5[at], row.state[at], row.city[at], row.names)
    cut = _cut(ids, begin, end, here, piece, first=first)
    for step in range(int((end - cut).max())):
        gone = cut + step
        kept[gone[gone < end]] = False


def _cut(ids: Ints, begin: Ints, end: Ints, row: _Rows, piece: _Pieces, *, first: bool) -> Ints:
    """Where each line ends if its place is left out; `end` where nothing is."""

    def back(position: Ints, steps: int) -> Ints:
        found: Ints = np.where(position - steps >= begin, ids[np.maximum(position - steps, 0)], -1)
        return found

    zip_said = (piece.zip5[back(end, 1)] == row.zip5) & (row.zip5 >= 0)
    before_zip = end - zip_said
    name = row.names[row.state]
    in_two = (back(before_zip, 1) == name[:, 1]) & (back(before_zip, 2) == name[:, 0])
    in_two &= (row.state >= 0) & (name[:, 0] >= 0)
    in_one = (piece.state[back(before_zip, 1)] == row.state) & (row.state >= 0)
    state_said = in_two | in_one
    before_state = before_zip - np.where(in_two, 2, in_one)
    length = (row.city >= 0).sum(axis=1)

    def city_ends(position: Ints) -> Flags:
        same: Flags = (length > 0) & (position - length >= begin)
        for step in range(row.city.shape[1]):
            same &= (step >= length) | (
                piece.city_word[back(position, step + 1)] == row.city[:, step]
            )
        return same

    city_and_state = state_said & city_ends(before_state)
    city = ~city_and_state & city_ends(before_zip)
    # CT may be COURT and IL no other thing.
    sure_state = state_said & (in_two | piece.only_a_state[back(before_zip, 1)])
    state_and_zip = ~(city_and_state | city) & zip_said & sure_state
    zip_alone = ~(city_and_state | city) & zip_said & ~state_said
    whole = city_and_state | (city & zip_said) | state_and_zip
    cut: Ints = np.select(
        [city_and_state, city, state_and_zip, zip_alone],
        [before_state - length, before_zip - length, before_state, before_zip],
        end,
    ).astype(np.int32)
    one, two, left = back(cut, 1), back(cut, 2), cut - begin
    sure_end = piece.sure_end[one] | (piece.value[one] & piece.designator[two] & (two >= 0))
    enough = np.where(whole, left >= (2 if first else 1), sure_end & (left >= (3 if first else 2)))
    enough |= (left == 0) & (whole if first else (cut < end))
    return np.where(enough, cut, end).astype(np.int32)


def _states(state: pa.Array) -> Ints:
    codes: Ints = (
        pc.index_in(state, value_set=text_array(*_CODES))
        .fill_null(-1)
        .to_numpy(zero_copy_only=False)
    )
    return codes


def _state_names(words: Vocabulary) -> Ints:
    names = np.full((len(_CODES), 2), -1, np.int32)
    for name, code in STATES.items():
        parts = name.split()
        if len(parts) == 2:
            names[_CODES.index(code)] = [words.find(part) for part in parts]
    return names


def _city_words(city: pa.Array, words: Vocabulary) -> tuple[dict[str, int], Ints]:
    """(number of each word of a city that some line has, each row's city in them, backwards)."""
    encoded = city.dictionary_encode()
    codes: dict[str, int] = {}
    table = np.full((len(encoded.dictionary) + 1, _LONGEST_CITY), -1, np.int32)
    for at, name in enumerate(encoded.dictionary.to_pylist()):
        parts = name.split()[::-1]
        if len(parts) <= _LONGEST_CITY and _is_known(parts[0], words):
            table[at, : len(parts)] = [codes.setdefault(part, len(codes)) for part in parts]
    which = encoded.indices.fill_null(len(encoded.dictionary)).to_numpy(zero_copy_only=False)
    return codes, table[which]


def _is_known(word: str, words: Vocabulary) -> bool:
    return any(words.find(spelling) >= 0 for spelling in (word, *CITY_SPELLINGS.get(word, ())))


def _piece_table(words: Vocabulary, city_codes: Mapping[str, int]) -> _Pieces:
    """One entry a piece, and one more, that means none."""
    size = len(words.texts)
    classes = np.frombuffer(bytes(words.classes), np.uint8)
    state, city_word = np.full(size + 1, -1, np.int32), np.full(size + 1, -2, np.int32)
    only_a_state = np.zeros(size + 1, np.bool_)
    for name, of_state in STATES.items():
        number = words.find(name)
        if number >= 0:
            state[number] = _CODES.index(of_state)
            only_a_state[number] = classes[number] == ord("Q")
    for word, code in city_codes.items():
        for spelling in (word, *CITY_SPELLINGS.get(word, ())):
            number = words.find(spelling)
            if number >= 0:
                city_word[number] = code
    sure_end = np.zeros(size + 1, np.bool_)
    sure_end[[number for word in _SURE_SUFFIXES if (number := words.find(word)) >= 0]] = True

    def among(letters: bytes) -> Flags:
        return np.append(np.isin(classes, np.frombuffer(letters, np.uint8)), False)

    return _Pieces(
        zip5=_zip_values(words, classes),
        state=state,
        city_word=city_word,
        sure_end=sure_end,
        value=among(_VALUES),
        designator=among(_DESIGNATORS),
        only_a_state=only_a_state,
    )


def _zip_values(words: Vocabulary, classes: npt.NDArray[np.uint8]) -> Ints:
    """62701, 62701-1234 and 627011234 as 62701; anything else as -2."""
    values = np.full(len(classes) + 1, -2, np.int32)
    digits = np.flatnonzero((classes == ord("n")) | (classes == ord("h")) | (classes == ord("r")))
    texts = pc.replace_substring(pa.array(words.texts, pa.string()).take(pa.array(digits)), "-", "")
    length = pc.binary_length(texts).to_numpy(zero_copy_only=False)
    like_zip = np.flatnonzero((length == 5) | (length == 9))
    first = pc.utf8_slice_codeunits(texts.take(pa.array(like_zip)), 0, 5)
    sound = pc.match_substring_regex(first, "^[0-9]{5}$").to_numpy(zero_copy_only=False)
    values[digits[like_zip[sound]]] = pc.cast(first.filter(pa.array(sound)), pa.int32()).to_numpy()
    return values
