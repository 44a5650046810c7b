"""Blocking keys: what a record and a person must share to be compared at all.

The same functions make the keys of both sides. A key is a hash (hashing.py): two that are equal by
chance, at 2^-50 or less, add a comparison and no evidence but for the address, whose key is the
address.

    index     key                                  finds
    tin       number                               every holder of the number
    born      birth date, three letters of a       namesakes and twins wherever they live, the same
              surname, one of the given name;      person after a marriage; both ways, so that names
              and the same with names exchanged    exchanged meet
    home      delivery point, state                everybody who has lived there
    building  building, state                      the same, with another unit or none
    name      given and family name                whether anybody bears that very name

Who may be confirmed or reviewed has the very address, and is found by it alone; number and birth
date bring in those beside whom nobody may be confirmed.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from narrowgate.engine.hashing import Hasher, Hashes, text_buffers, word_at
from narrowgate.register.arrays import Array
from narrowgate.standard.places import ZIP3_STATES

HEAVY = {"tin": 400, "born": 2_000, "home": 10_000, "building": 20_000}
"""A key that leads to more rows of the register is not asked: who has it is never confirmed."""

_TIN, _BORN, _HOME, _BUILDING, _NAME = 1, 2, 3, 4, 5

# Of a prefix that lies in two states, the first by letter, on both sides.
_ZIP3 = pa.array(list(ZIP3_STATES), pa.string())
_ZIP3_STATE = pa.array([min(states) for states in ZIP3_STATES.values()], pa.string())
_BETWEEN, _NOWHERE = pa.scalar("|", pa.string()), pa.scalar("", pa.string())


def number_keys(hasher: Hasher, tin: Array) -> Hashes:
    """Of numbers (uint32)."""
    return hasher.numbers(_TIN, tin)


def birth_keys(
    hasher: Hasher, born: Array, given: pa.Array, family: pa.Array
) -> tuple[Array, Hashes]:
    """Of birth dates (days, int32) and names: number of the row (int64), and key; several a row."""
    surname, surnames = _surnames(family)
    given_three, given_one = _beginnings(given)
    _, family_one = _beginnings(family)
    part_three, _ = _beginnings(surnames)
    every = np.arange(len(born))
    rows = np.concatenate([surname, every])
    letters = np.concatenate([part_three | given_one[surname], given_three | family_one])
    return rows, hasher.numbers(_BORN, born[rows], letters)


def name_keys(hasher: Hasher, given: pa.Array, family: pa.Array) -> Hashes:
    """Of a given and a family name together."""
    return hasher.texts(_NAME, pc.binary_join_element_wise(given, family, _BETWEEN))


def place_keys(hasher: Hasher, point: pa.Array, region: pa.Array) -> Hashes:
    """Of delivery points, in the states of `region`."""
    return hasher.texts(_HOME, pc.binary_join_element_wise(point, region, _BETWEEN))


def building_keys(hasher: Hasher, building: pa.Array, region: pa.Array) -> Hashes:
    """Of buildings, in the states of `region`."""
    return hasher.texts(_BUILDING, pc.binary_join_element_wise(building, region, _BETWEEN))


def regions(state: pa.Array, zip5: pa.Array) -> pa.Array:
    """The state that each address lies in, told or by its ZIP, or empty: it is there however the
    place is given, so that an address without a ZIP meets one without a state.
    """
    prefix = pc.utf8_slice_codeunits(zip5, 0, 3)
    by_zip = _ZIP3_STATE.take(pc.index_in(prefix, value_set=_ZIP3))
    return pc.coalesce(state, by_zip, _NOWHERE)


def _surnames(family: pa.Array) -> tuple[Array, pa.Array]:
    """Each surname of each family name, and whose it is; parts of one or two letters are none,
    unless there is no other.
    """
    parts = pc.split_pattern(family, " ")
    rows = pc.list_parent_indices(parts).to_numpy(zero_copy_only=False).astype(np.int64)
    flat = pc.list_flatten(parts)
    long = pc.utf8_length(flat).to_numpy() > 2
    some = np.zeros(len(family), dtype=bool)
    some[rows[long]] = True
    kept = long | ~some[rows]
    return rows[kept], flat.filter(pa.array(kept))


def _beginnings(names: pa.Array) -> tuple[Array, Array]:
    """The first three letters as one number below 2^24, and the first alone above it."""
    starts, lengths, letters = text_buffers(names)
    three = word_at(letters, starts, np.minimum(lengths, 3))
    one = word_at(letters, starts, np.minimum(lengths, 1)) << np.uint64(24)
    return three, one
