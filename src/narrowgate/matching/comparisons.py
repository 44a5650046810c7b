"""Comparisons: the level of each field between a record and a person under one name.

Numbers, dates and addresses are never compared by likeness: a slip is one digit, or two neighbours
exchanged, and is told apart from equality everywhere. Names: likeness.py.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from narrowgate.matching.likeness import NONE, Levels, Texts
from narrowgate.matching.model import LEVELS
from narrowgate.register.arrays import Array
from narrowgate.register.layout import NO_DATE

AGREE = ("exact", "swapped", "nickname", "alike", "slip", "part")
"""Levels at which a name agrees at least fairly."""

_FIRST_YEAR, _YEARS = 1800, 400
_FIRST_DAY = int(np.datetime64(f"{_FIRST_YEAR}-01-01", "D").astype(np.int64))


def missing(comparison: str) -> int:
    """The number of the level `missing`: after the others."""
    return len(LEVELS[comparison])


def among(levels: Levels, comparison: str, *names: str) -> npt.NDArray[np.bool_]:
    """Whether each level is one of these; names that the comparison has not are none of it."""
    chosen = np.zeros(missing(comparison) + 1, dtype=bool)
    chosen[[LEVELS[comparison].index(name) for name in names if name in LEVELS[comparison]]] = True
    return chosen[levels]


def tin_levels(one: Array, other: Array) -> Levels:
    """Of two numbers each (uint32, 0 for none)."""
    levels = np.full(len(one), LEVELS["tin"].index("else"), np.uint8)
    there = (one > 0) & (other > 0)
    differ = np.flatnonzero(there & (one != other))
    slips = digits_slip(one[differ], other[differ])
    levels[differ[slips]] = LEVELS["tin"].index("slip")
    levels[one == other] = LEVELS["tin"].index("exact")
    levels[~there] = missing("tin")
    return levels


def birth_levels(one: Array, other: Array) -> Levels:
    """Of two days each (int32 since 1970, NO_DATE for none)."""
    level = LEVELS["birth_date"].index
    levels = np.full(len(one), level("else"), np.uint8)
    there = (one != NO_DATE) & (other != NO_DATE)
    differ = np.flatnonzero(there & (one != other))
    ones, others = calendar(one[differ]), calendar(other[differ])
    known = (ones > 0) & (others > 0)
    slips = known & digits_slip(ones, others)
    (years, months, days), (year, month, day) = _parts(ones), _parts(others)
    swapped = known & (years == year) & (months == day) & (days == month)
    levels[differ[slips]] = level("slip")
    levels[differ[swapped]] = level("swapped")
    levels[there & (one == other)] = level("exact")
    levels[~there] = missing("birth_date")
    return levels


def name_levels(texts: Texts, asked: dict[str, Array], held: dict[str, Array]) -> dict[str, Levels]:
    """Of given, family, middle and suffix: texts by number (likeness.py), one row a comparison."""
    levels = {
        "given": texts.given(asked["given"], held["given"]),
        "family": texts.family(asked["family"], held["family"]),
        "middle": _middle_levels(texts, asked["middle"], held["middle"]),
        "suffix": np.where(
            asked["suffix"] == held["suffix"],
            np.uint8(LEVELS["suffix"].index("exact")),
            np.uint8(LEVELS["suffix"].index("else")),
        ),
    }
    swapped = (asked["given"] == held["family"]) & (asked["family"] == held["given"])
    for name in ("given", "family"):
        unequal = swapped & (asked[name] != held[name])
        levels[name][unequal] = LEVELS[name].index("swapped")
    for name, found in levels.items():
        found[(asked[name] == NONE) | (held[name] == NONE)] = missing(name)
    return levels


def _middle_levels(texts: Texts, one: Array, other: Array) -> Levels:
    level = LEVELS["middle"].index
    levels = np.full(len(one), level("else"), np.uint8)
    levels[texts.initial(one, other)] = level("initial")
    levels[(one == other) & (texts.lengths[one] > 1)] = level("exact")
    return levels


def digits_slip(one: Array, other: Array) -> npt.NDArray[np.bool_]:
    """One decimal digit differs, or two neighbouring digits are exchanged; up to nine digits."""
    ones, others = _decimal(one), _decimal(other)
    differ = ones ^ others
    for shift in (1, 2):
        differ |= differ >> np.uint64(shift)
    places = differ & np.uint64(0x1111111111)
    count = np.bitwise_count(places)
    slip = count == 1
    two = np.flatnonzero(count == 2)
    right = places[two] & (~places[two] + np.uint64(1))
    next_to = places[two] == right | (right << np.uint64(4))
    both, shift = two[next_to], np.bitwise_count(right[next_to] - np.uint64(1)).astype(np.uint64)
    low_one, high_one = _digit(ones[both], shift), _digit(ones[both], shift + np.uint64(4))
    low, high = _digit(others[both], shift), _digit(others[both], shift + np.uint64(4))
    slip[both] = (low_one == high) & (high_one == low)
    return np.asarray(slip)


def calendar(days: Array) -> Array:
    """Days since 1970 as the number YYYYMMDD (uint32); 0 for none, or far from our time."""
    table = _calendar()
    place = days.astype(np.int64) - _FIRST_DAY
    known = (place >= 0) & (place < len(table))
    return np.asarray(np.where(known, table[np.where(known, place, 0)], np.uint32(0)))


def _parts(dates: Array) -> tuple[Array, Array, Array]:
    return dates // 10_000, dates // 100 % 100, dates % 100


def _digit(decimals: Array, shift: Array) -> Array:
    return (decimals >> shift) & np.uint64(15)


def _decimal(numbers: Array) -> npt.NDArray[np.uint64]:
    """Each decimal digit in four bits, the last lowest."""
    table = _thousands()
    upper, rest = np.divmod(numbers, np.uint32(1_000_000))
    middle, lower = np.divmod(rest, np.uint32(1000))
    return np.asarray(
        (table[upper] << np.uint64(24)) | (table[middle] << np.uint64(12)) | table[lower]
    )


@cache
def _thousands() -> npt.NDArray[np.uint64]:
    return np.array([int(str(number), 16) for number in range(1000)], np.uint64)


@cache
def _calendar() -> npt.NDArray[np.uint32]:
    days = np.arange(f"{_FIRST_YEAR}-01-01", f"{_FIRST_YEAR + _YEARS}-01-01", dtype="datetime64[D]")
    years, months = days.astype("datetime64[Y]"), days.astype("datetime64[M]")
    year = years.astype(np.int64) + 1970
    month = (months - years).astype(np.int64) + 1
    day = (days - months).astype(np.int64) + 1
    return np.asarray((year * 10_000 + month * 100 + day).astype(np.uint32))
