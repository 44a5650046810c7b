"""What a request asks, as arrays beside each other: numbers, dates, texts and blocking keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from narrowgate.engine.hashing import Hasher, Hashes
from narrowgate.register.arrays import Array
from narrowgate.register.blocking import (
    birth_keys,
    building_keys,
    number_keys,
    place_keys,
    regions,
)
from narrowgate.register.layout import NO_DATE
from narrowgate.register.snapshot import Snapshot

NAMES = ("given", "middle", "family", "suffix")
ASKED = (
    *NAMES,
    *("tin", "birth_date", "delivery_point", "building", "unit", "city", "state", "zip5"),
    "zip_city_agrees",
)
"""Columns of the standard form that are asked."""


@dataclass(frozen=True, slots=True, eq=False)
class Keys:
    """Keys of one index: `rows` int64 and `hashes` uint64; a record may have several."""

    rows: Array
    hashes: Array


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """n records. `tin`: uint32, 0 for none. `born`: int32, days since 1970 or NO_DATE. `names`:
    texts. `given`, `city`, `state`, `zip5`: words of the register (words.py). `city_elsewhere`: the
    city is far from the ZIP. `keys`: by index.
    """

    count: int
    tin: Array
    born: Array
    names: dict[str, pa.Array]
    given: Array
    city: Array
    state: Array
    zip5: Array
    city_elsewhere: Array
    has_unit: Array
    keys: dict[str, Keys]


def ask(records: pa.Table, snapshot: Snapshot, indexes: Sequence[str]) -> Asked:
    """Records in standard form as they are put to these `indexes` of `snapshot`."""
    columns = {name: records[name].combine_chunks() for name in ASKED}
    tin = pc.fill_null(columns["tin"].cast(pa.uint32()), 0).to_numpy()
    born = pc.fill_null(columns["birth_date"].cast(pa.int32()), NO_DATE).to_numpy()
    given, city, state, zip5 = snapshot.words.numbers_of(
        [columns[name] for name in ("given", "city", "state", "zip5")]
    )
    return Asked(
        records.num_rows,
        tin,
        born,
        {name: columns[name] for name in NAMES},
        given,
        city,
        state,
        zip5,
        pc.invert(columns["zip_city_agrees"]).fill_null(False).to_numpy(zero_copy_only=False),
        columns["unit"].is_valid().to_numpy(zero_copy_only=False),
        {name: _MAKE[name](columns, tin, born, snapshot.hasher) for name in indexes},
    )


def _by_number(columns: _Columns, tin: Array, born: Array, hasher: Hasher) -> Keys:
    rows = np.flatnonzero(tin)
    return Keys(rows, number_keys(hasher, tin[rows]))


def _by_birth(columns: _Columns, tin: Array, born: Array, hasher: Hasher) -> Keys:
    dated = np.flatnonzero(born != NO_DATE)
    chosen = pa.array(dated)
    rows, hashes = birth_keys(
        hasher, born[dated], columns["given"].take(chosen), columns["family"].take(chosen)
    )
    return Keys(dated[rows], hashes)


def _by_place(columns: _Columns, tin: Array, born: Array, hasher: Hasher) -> Keys:
    return _placed(columns, columns["delivery_point"], place_keys, hasher)


def _by_building(columns: _Columns, tin: Array, born: Array, hasher: Hasher) -> Keys:
    return _placed(columns, columns["building"], building_keys, hasher)


def _placed(
    columns: _Columns,
    texts: pa.Array,
    keys: Callable[[Hasher, pa.Array, pa.Array], Hashes],
    hasher: Hasher,
) -> Keys:
    rows = np.flatnonzero(texts.is_valid().to_numpy(zero_copy_only=False))
    chosen = pa.array(rows)
    region = regions(columns["state"].take(chosen), columns["zip5"].take(chosen))
    return Keys(rows, keys(hasher, texts.take(chosen), region))


_Columns: TypeAlias = dict[str, pa.Array]
_MAKE = {"tin": _by_number, "born": _by_birth, "home": _by_place, "building": _by_building}
