"""ZIPs: how they are written, which state one lies in, and whether a city's name is at home there.

The table (data/zips.arrow, data/README.md) has the place and state of the ZIPs in civil use. An
unlisted ZIP is judged by its first three digits, a sectional centre of the Postal Service. Near
another state, and for a name that is not the ZIP's own but is near, a doubt is never held against
a record: the answer is null, or true.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from narrowgate.standard.scalars import NOTHING, text_array
from narrowgate.standard.suffixes import split_words

Ints: TypeAlias = npt.NDArray[np.int32]
Floats: TypeAlias = npt.NDArray[np.float64]

TABLE = Path(__file__).parent / "data" / "zips.arrow"
STATE_CODES = split_words(
    """
    AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM
    NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY PR VI GU AS MP FM MH PW AA AE AP
    """
)
"""States by their number in the table; an order that must not change without a new table."""

# What the table has not: territories and armed forces (Publication 28, appendix B, sections 22-25),
# prefixes that are assigned, and states whose mail a neighbour's office carries however far its
# ZIPs lie (06390 Fishers Island, 59221 on the Montana line).
_FURTHER_STATES = """
006-007 PR|008 VI|009 PR|090-098 AE|340 AA|962-966 AP|967 AS|969 GU MP PW FM MH
419 KY|517-519 IA|771 TX
028 MA|035 ME|200 VA|201 DC|319 AL|380 KY MO|388 TN|422 TN|510 SD MN|513 MN|515 MO|516 MO|525 MO
526 MO|545 MI|560 IA|561 SD IA|562 SD|567 ND|570 MN IA|576 ND|577 MT WY NE|582 MN|584 SD|586 MT SD
592 ND|598 ID|636 IL|657 AR|665 NE|683 KS|687 SD|689 KS|692 SD|717 LA|723 TN|726 MO|739 TX|755 AR
798 NM|799 NM|811 NM|813 UT|820 CO|827 MT|828 MT|829 UT|831 WY|833 UT|834 WY|840 NV|845 AZ|860 UT
865 UT NM|873 AZ|880 AZ|882 TX|884 TX OK|890 CA|894 OR CA|898 ID|961 NV|976 CA|979 ID|991 ID|993 OR
"""
_AT_HOME, _ELSEWHERE = 25.0, 100.0  # km from a ZIP to the nearest ZIP whose place has the name
_CODES = text_array(*STATE_CODES)
_FIVE = pa.scalar(5, pa.int32())
_NO_FOUR = pa.scalar("0000", pa.string())


@dataclass(frozen=True, slots=True)
class _Table:
    """By ZIP (0 to 99999): state and city number, -1 if unlisted; states within 25 km, as bits.

    `prefix_states`: by first three digits, the states that have a ZIP there, as bits. `place`:
    latitude and longitude by ZIP, degrees. `zips_of_city`: ZIPs sorted by city, from
    `first_of_city[n]` to `first_of_city[n + 1]`.
    """

    state: Ints
    city: Ints
    near_states: npt.NDArray[np.int64]
    prefix_states: npt.NDArray[np.int64]
    place: Floats
    cities: dict[str, int]
    zips_of_city: Ints
    first_of_city: Ints


@cache
def _table() -> _Table:
    with pa.memory_map(str(TABLE)) as file:
        table = pa.ipc.open_file(file).read_all().combine_chunks()
    zips = table["zip"].to_numpy()
    state, city = np.full(100_000, -1, np.int32), np.full(100_000, -1, np.int32)
    near, prefixes = np.zeros(100_000, np.int64), np.zeros(1000, np.int64)
    place = np.zeros((100_000, 2))
    names = table["city"].chunk(0)
    state[zips] = table["state"].to_numpy()
    city[zips] = names.indices.to_numpy()
    near[zips] = table["near_states"].to_numpy()
    place[zips, 0] = table["latitude"].to_numpy() / 100
    place[zips, 1] = table["longitude"].to_numpy() / 100
    np.bitwise_or.at(prefixes, zips // 100, np.int64(1) << state[zips].astype(np.int64))
    for number, code in _further_states():
        prefixes[number] |= 1 << STATE_CODES.index(code)
    order = np.argsort(city[zips], kind="stable")
    counts = np.bincount(city[zips], minlength=len(names.dictionary))
    return _Table(
        state=state,
        city=city,
        near_states=near,
        prefix_states=prefixes,
        place=place,
        cities={name: number for number, name in enumerate(names.dictionary.to_pylist())},
        zips_of_city=zips[order].astype(np.int32),
        first_of_city=np.concatenate(([0], np.cumsum(counts))).astype(np.int32),
    )


def _further_states() -> Iterator[tuple[int, str]]:
    """(first three digits, a state that may have ZIPs there)."""
    for line in _FURTHER_STATES.strip().split("\n"):
        for entry in line.split("|"):
            numbers, *codes = entry.split()
            first, _, last = numbers.partition("-")
            yield from product(range(int(first), int(last or first) + 1), codes)


def states_by_prefix() -> dict[str, frozenset[str]]:
    """First three digits of a ZIP -> the states that have a ZIP there; unused ones are left out."""
    return {
        f"{prefix:03}": frozenset(code for at, code in enumerate(STATE_CODES) if bits >> at & 1)
        for prefix, bits in enumerate(_table().prefix_states.tolist())
        if bits
    }


def read_zips(cells: pa.Array) -> dict[str, pa.Array]:
    """Columns zip5 and zip4 of postal code cells (text), null where there is none.

    00000 and 99999 are no ZIPs, 0000 is no +4; a lost leading zero is not put back (facts A4, A5).
    """
    encoded = pc.ascii_trim_whitespace(cells).dictionary_encode()
    distinct = encoded.dictionary
    written = pc.match_substring_regex(distinct, "^[0-9]{5}([- ]?[0-9]{4})?$")
    five = pc.if_else(written, pc.utf8_slice_codeunits(distinct, 0, 5), NOTHING)
    five = pc.if_else(pc.is_in(five, text_array("00000", "99999")), NOTHING, five)
    four = pc.if_else(
        pc.and_(pc.is_valid(five), pc.greater(pc.binary_length(distinct), _FIVE)),
        pc.utf8_slice_codeunits(distinct, -4, 2**31),
        NOTHING,
    )
    four = pc.if_else(pc.equal(four, _NO_FOUR), NOTHING, four)
    return {"zip5": five.take(encoded.indices), "zip4": four.take(encoded.indices)}


def numbers(zip5: pa.Array) -> Ints:
    """ZIPs as numbers, -1 for null."""
    found: Ints = pc.cast(zip5, pa.int32()).fill_null(-1).to_numpy(zero_copy_only=False)
    return found


def state_agrees(zip5: pa.Array, state: pa.Array) -> pa.Array:
    """Whether a ZIP lies in a state; null if either is missing or it cannot be told.

    False: it lies in another state and not near this one, or nowhere (its first three digits are
    not in use). Null, too, within 25 km of the state or if a ZIP of its three digits lies there.
    """
    table, zips = _table(), numbers(zip5)
    stated = pc.index_in(state, value_set=_CODES).fill_null(-1).to_numpy(zero_copy_only=False)
    bit = np.int64(1) << np.maximum(stated, 0).astype(np.int64)
    listed = table.state[zips]
    there = table.prefix_states[zips // 100]
    agrees = np.where(listed >= 0, listed == stated, there & bit != 0)
    near = (table.near_states[zips] & bit != 0) | ((listed >= 0) & (there & bit != 0))
    unknown = (zips < 0) | (stated < 0) | (~agrees & near)
    return pa.array(agrees, mask=unknown)


def city_agrees(zip5: pa.Array, city: pa.Array) -> pa.Array:
    """Whether a standard city name is at home in a ZIP; null if missing or it cannot be told.

    True: the name of the ZIP's own place, or of a ZIP within 25 km (NEW YORK for Brooklyn's 11201).
    False: the nearest place of that name is 100 km away and more.
    """
    table, zips = _table(), numbers(zip5)
    encoded = city.dictionary_encode()
    # Looked up in a table that is made once: Arrow would hash all its names for every request.
    codes = [table.cities.get(name, -1) for name in encoded.dictionary.to_pylist()]
    named = pa.array(codes, pa.int32()).take(encoded.indices)
    named = named.fill_null(-1).to_numpy(zero_copy_only=False)
    own = table.city[zips]
    agrees = named == own
    unknown = (zips < 0) | (named < 0) | (own < 0)
    open_rows = np.flatnonzero(~unknown & ~agrees)
    if len(open_rows):
        pairs, which = np.unique(
            zips[open_rows].astype(np.int64) << 32 | named[open_rows], return_inverse=True
        )
        away = _distances((pairs >> 32).astype(np.int32), (pairs & 0xFFFFFFFF).astype(np.int32))
        agrees[open_rows] = (away < _AT_HOME)[which]
        unknown[open_rows] = ((away >= _AT_HOME) & (away < _ELSEWHERE))[which]
    return pa.array(agrees, mask=unknown)


def _distances(zips: Ints, cities: Ints) -> Floats:
    """From each ZIP to the nearest ZIP of its city, km."""
    table = _table()
    first, counts = table.first_of_city[cities], np.diff(table.first_of_city)[cities]
    begins = np.concatenate(([0], np.cumsum(counts)[:-1]))
    at = np.repeat(np.arange(len(zips)), counts)
    others = table.zips_of_city[np.arange(len(at)) - begins[at] + first[at]]
    here, there = table.place[zips[at]], table.place[others]
    away = kilometres(here[:, 0], here[:, 1], there[:, 0], there[:, 1])
    nearest: Floats = np.minimum.reduceat(away, begins)
    return nearest


def kilometres(
    latitude: Floats, longitude: Floats, other_latitude: Floats, other_longitude: Floats
) -> Floats:
    """Distance on the sphere (haversine), from degrees."""
    a, b = np.radians(latitude), np.radians(other_latitude)
    half = np.radians(other_longitude - longitude) / 2
    root = np.sin((b - a) / 2) ** 2 + np.cos(a) * np.cos(b) * np.sin(half) ** 2
    apart: Floats = 12_742 * np.arcsin(np.sqrt(root))
    return apart
