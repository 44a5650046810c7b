"""Slips of those who write records down: typing, scanning, hearing, nicknames, digits and dates.

Each function makes one slip in every row that can have it; which rows, the caller says. Texts are
plain ASCII capitals.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from nicknames import NickNamer

from .people import NONE
from .tables import Codes, given_names

Bools = npt.NDArray[np.bool_]

_ROWS = ("QWERTYUIOP", "ASDFGHJKL", "ZXCVBNM")
_SCANNED = (
    *(("O", "0"), ("I", "1"), ("RN", "M"), ("M", "RN"), ("CL", "D"), ("S", "5"), ("B", "8")),
    *(("L", "1"), ("VV", "W"), ("G", "6"), ("Z", "2"), ("E", "F"), ("H", "N"), ("U", "V")),
)
_HEARD = (
    *(("PH", "F"), ("F", "PH"), ("CK", "K"), ("C", "K"), ("K", "C"), ("Z", "S"), ("S", "Z")),
    *(("EE", "EA"), ("IE", "Y"), ("Y", "IE"), ("LL", "L"), ("NN", "N"), ("TT", "T"), ("TH", "T")),
    *(("J", "G"), ("EI", "IE"), ("OU", "U"), ("X", "KS"), ("QU", "KW"), ("V", "B")),
)


def on_rows(text: pa.Array, rows: Bools, slip: pa.Array) -> pa.Array:
    """`text` with `slip`, one for each true row, in its place."""
    return pc.replace_with_mask(text, pa.array(rows), slip)


def typed(chance: np.random.Generator, text: pa.Array) -> pa.Array:
    """A key beside the right one, a letter left out, doubled, or exchanged with the next."""
    if not len(text):
        return text
    words = text.fill_null("").to_numpy(zero_copy_only=False).astype("S")
    width = words.dtype.itemsize + 1
    letters = words.astype(f"S{width}").view(np.uint8).reshape(len(words), width)
    length = np.char.str_len(words)
    row, column = np.arange(len(words))[:, None], np.arange(width)[None, :]
    at = (chance.random(len(words)) * np.maximum(length, 1)).astype(np.int64)
    what = chance.choice(4, len(words), p=[0.4, 0.25, 0.15, 0.2])
    at = np.where((what == 3) & (at == length - 1), np.maximum(at - 1, 0), at)[:, None]
    source = np.repeat(column, len(words), axis=0)
    left_out, doubled, exchanged = (what[:, None] == kind for kind in (1, 2, 3))
    source = np.where(left_out & (column >= at), column + 1, source)
    source = np.where(doubled & (column > at), column - 1, source)
    source = np.where(exchanged & (column == at) & (at + 1 < length[:, None]), at + 1, source)
    source = np.where(exchanged & (column == at + 1) & (at + 1 < length[:, None]), at, source)
    changed = np.where(source < width, letters[row, np.minimum(source, width - 1)], 0).astype(
        np.uint8
    )
    beside = _neighbours()[letters[row[:, 0], at[:, 0]], chance.integers(0, 4, len(words))]
    keyed = np.flatnonzero(what == 0)
    changed[keyed, at[keyed, 0]] = beside[keyed]
    result = np.ascontiguousarray(changed).view(f"S{width}").ravel()
    result = np.where(np.char.str_len(result) < 2, words, result).astype("U")
    return pc.if_else(pc.is_null(text), pa.scalar(None, pa.string()), pa.array(result))


def scanned(chance: np.random.Generator, text: pa.Array) -> pa.Array:
    """A character read by a machine as one that looks like it."""
    return _replaced(chance, text, _SCANNED)


def heard(chance: np.random.Generator, text: pa.Array) -> pa.Array:
    """A name as it sounds."""
    return _replaced(chance, text, _HEARD)


def nicknamed(chance: np.random.Generator, given: Codes) -> pa.Array:
    """A nickname for each given name that has one, null for others."""
    first, count, words = _nicknames()
    many = count[given]
    at = first[given] + (chance.random(len(given)) * np.maximum(many, 1)).astype(np.int64)
    return words.take(pa.array(at, mask=many == 0))


def digit_off(chance: np.random.Generator, number: Codes, digits: int) -> Codes:
    """One digit of the last `digits` is another."""
    power = 10 ** chance.integers(0, digits, len(number))
    digit = number // power % 10
    return number + (chance.integers(1, 10, len(number)) + digit) % 10 * power - digit * power


def transposed(chance: np.random.Generator, number: Codes, digits: int) -> Codes:
    """Two neighbouring digits of the last `digits` exchanged; one off where they are the same."""
    power = 10 ** chance.integers(0, digits - 1, len(number))
    low, high = number // power % 10, number // power // 10 % 10
    swapped = number + (high - low) * power + (low - high) * power * 10
    return np.where(low == high, digit_off(chance, number, digits), swapped)


def number_slip(chance: np.random.Generator, tin: Codes) -> Codes:
    """A slip in the group or serial of a number, which stays one that is issued."""
    kept = chance.random(len(tin)) < 0.5
    slipped = np.where(kept, digit_off(chance, tin, 4), transposed(chance, tin, 4))
    # Serial 0000 is not issued, and 9999 none of ours.
    zero = slipped % 10_000 == 0
    return np.where(tin < 0, NONE, np.where(zero, tin + 1, slipped))


def month_and_day(days: Codes) -> tuple[Codes, Bools]:
    """Month and day exchanged, and for which rows that gives another date."""
    year, month, day = _parts(days)
    able = (day <= 12) & (day != month)
    return np.where(
        able, _joined(year, np.where(able, day, month), np.where(able, month, day)), days
    ), able


def date_slip(chance: np.random.Generator, days: Codes) -> Codes:
    """One digit of the day, the month or the year is another."""
    year, month, day = _parts(days)
    which = chance.integers(0, 4, len(days))
    up = chance.integers(0, 2, len(days)) * 2 - 1
    tens, units = np.divmod(day, 10)
    other_unit = (units + chance.integers(1, 9, len(days))) % 10
    new_day = np.where(which == 0, np.clip(tens * 10 + other_unit, 1, 28), day)
    new_day = np.where((which == 0) & (new_day == day), np.where(day > 1, day - 1, 2), new_day)
    new_month = np.where(
        which == 1, np.where(month >= 10, 10 + (month - 10 + 1) % 3, month % 9 + 1), month
    )
    new_year = np.where(
        which == 2, year // 10 * 10 + (year + 1 + chance.integers(0, 8, len(days))) % 10, year
    )
    new_year = np.where(which == 3, np.where(year >= 2000, year - 20, year + 10 * up), new_year)
    new_year = np.where(new_year >= 2006, new_year - 10, new_year)
    slipped = _joined(new_year, new_month, np.minimum(new_day, 28))
    return np.where(slipped == days, _joined(year, month % 9 + 1, np.minimum(day, 28)), slipped)


def _parts(days: Codes) -> tuple[Codes, Codes, Codes]:
    date = days.astype("datetime64[D]")
    month = date.astype("datetime64[M]")
    year = date.astype("datetime64[Y]").astype(np.int64) + 1970
    return year, month.astype(np.int64) % 12 + 1, (date - month).astype(np.int64) + 1


def _joined(year: Codes, month: Codes, day: Codes) -> Codes:
    start = ((year - 1970) * 12 + month - 1).astype("datetime64[M]").astype("datetime64[D]")
    return start.astype(np.int64) + day - 1


def _replaced(
    chance: np.random.Generator, text: pa.Array, pairs: tuple[tuple[str, str], ...]
) -> pa.Array:
    """One of the pairs that the text holds, replaced where it stands first; the initial is kept."""
    first, rest = pc.utf8_slice_codeunits(text, 0, 1), pc.utf8_slice_codeunits(text, 1)
    result, done = rest, np.zeros(len(text), bool)
    for number in chance.permutation(len(pairs)):
        one, other = pairs[number]
        rows = pc.match_substring(rest, one).fill_null(False).to_numpy(zero_copy_only=False) & ~done
        rows &= chance.random(len(text)) < 0.5
        some = pc.replace_substring(rest.filter(pa.array(rows)), one, other, max_replacements=1)
        result, done = on_rows(result, rows, some), done | rows
    return pc.binary_join_element_wise(first, result, "")


@cache
def _neighbours() -> npt.NDArray[np.uint8]:
    """(256, 4): keys beside each key; other characters have themselves."""
    table = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 4, axis=1)
    for above, row in enumerate(_ROWS):
        for at, letter in enumerate(row):
            near = row[max(at - 1, 0) : at] + row[at + 1 : at + 2]
            near += "".join(
                other[at : at + 1] for n, other in enumerate(_ROWS) if abs(n - above) == 1
            )
            table[ord(letter)] = [ord(near[k % len(near)]) for k in range(4)]
    return table


@cache
def nickname_pairs() -> Codes:
    """One * names + other, sorted, for all given names of which one stands for the other."""
    place = {name: code for code, name in enumerate(given_names())}
    pairs = [
        (place[name.upper()], place[nick.upper()])
        for name, nicks in NickNamer().nickname_lookup.items()
        for nick in nicks
        if name.upper() in place and nick.upper() in place
    ]
    both = {(one, other) for pair in pairs for one, other in (pair, pair[::-1])}
    return np.array(sorted(one * len(place) + other for one, other in both))


@cache
def _nicknames() -> tuple[Codes, Codes, pa.Array]:
    """For each given name where its nicknames begin, and how many; the nicknames."""
    lookup = NickNamer().nickname_lookup
    first, count = [], []
    words: list[str] = []
    for name in given_names():
        nicks = sorted(nick.upper() for nick in lookup.get(name.lower(), ()))
        first.append(len(words))
        count.append(len(nicks))
        words += nicks
    return np.array(first), np.array(count), pa.array([*words, ""])
