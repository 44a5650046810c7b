"""What a request asks, as arrays beside each other: numbers, dates, texts and blocking keys."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

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


@dataclass(frozen=True, slots=True, eq=False)
class Keys:
    """Keys of one index: `rows` int64 and `hashes` uint64; a record may have several."""

    rows: Array
    hashes: Array


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """n records. `tin`: uint32, 0 for none. `born`: int32, days since 1970 or NO_DATE. `names`:
    texts. `city`, `state`, `zip5`: words of the register (words.py). `keys`: by index.
    """

    count: int
    tin: Array
    born: Array
    names: dict[str, pa.Array]
    city: Array
    state: Array
    zip5: Array
    has_unit: Array
    keys: dict[str, Keys]


def ask(records: pa.Table, snapshot: Snapshot) -> Asked:
    """Records in standard form as they are put to `snapshot`."""
    columns = {name: records[name].combine_chunks() for name in _COLUMNS}
    tin = pc.fill_null(columns["tin"].cast(pa.uint32()), 0).to_numpy()
    born = pc.fill_null(columns["birth_date"].cast(pa.int32()), NO_DATE).to_numpy()
    city, state, zip5 = (
        snapshot.words.numbers(columns[name]) for name in ("city", "state", "zip5")
    )
    return Asked(
        records.num_rows,
        tin,
        born,
        {name: columns[name] for name in NAMES},
        city,
        state,
        zip5,
        columns["unit"].is_valid().to_numpy(zero_copy_only=False),
        _keys(columns, tin, born, snapshot),
    )


_COLUMNS = (*NAMES, "tin", "birth_date", "delivery_point", "building", "unit",
            "city", "state", "zip5")  # fmt: skip


def _keys(
    columns: dict[str, pa.Array], tin: Array, born: Array, snapshot: Snapshot
) -> dict[str, Keys]:
    hasher = snapshot.hasher
    numbered = np.flatnonzero(tin)
    dated = np.flatnonzero(born != NO_DATE)
    chosen = pa.array(dated)
    rows, hashes = birth_keys(
        hasher, born[dated], columns["given"].take(chosen), columns["family"].take(chosen)
    )
    region = regions(columns["state"], columns["zip5"])
    keys = {
        "tin": Keys(numbered, number_keys(hasher, tin[numbered])),
        "born": Keys(dated[rows], hashes),
    }
    for name, column, made in (
        ("home", "delivery_point", place_keys),
        ("building", "building", building_keys),
    ):
        there = np.flatnonzero(columns[column].is_valid().to_numpy(zero_copy_only=False))
        chosen = pa.array(there)
        keys[name] = Keys(there, made(hasher, columns[column].take(chosen), region.take(chosen)))
    return keys
