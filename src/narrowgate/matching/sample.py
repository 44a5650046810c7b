"""Pairs to learn from, as patterns: how many pairs of records and people show which levels.

All are compared by what matching compares by (candidates.py); nothing else is done there twice.
Patterns hold levels and counts, and nothing of a person.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from narrowgate.matching.asked import Asked, ask
from narrowgate.matching.candidates import Candidates, Search, candidates, search
from narrowgate.matching.mixture import BLOCKING
from narrowgate.matching.model import LEVELS, MISSING, Model
from narrowgate.matching.residence import AddressPolicy
from narrowgate.register.arrays import Array
from narrowgate.register.index import Hits
from narrowgate.register.snapshot import Part, Snapshot

# Blocking -> the comparisons that it forces to agree, or nearly: they are left out of its pass.
# People of one house bear one surname, and fathers and sons one name: with them EM would tell
# families apart, and not people.
FORCED: Mapping[str, tuple[str, ...]] = {
    "tin": ("tin",),
    "born": ("birth_date", "given", "family"),
    "home": ("family", "middle", "suffix"),
}
_NOWHERE = AddressPolicy("last_known", 0, 0, False)
_NONE = Hits(np.zeros(0, np.int64), np.zeros(0, np.uint32), np.zeros(0, np.int64))
_A_BLOCK = 1 << 20

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """n pairs: `record`, place in what was asked; `person`: who, counted through all partitions."""

    record: Integers
    person: Integers

    def without(self, others: Pairs) -> Pairs:
        """Those that are none of the others."""
        kept = ~np.isin(self._packed, others._packed)
        return Pairs(self.record[kept], self.person[kept])

    def blocks(self) -> list[Pairs]:
        """A bounded number of pairs each."""
        starts = range(0, max(len(self.record), 1), _A_BLOCK)
        ends = [slice(start, start + _A_BLOCK) for start in starts]
        return [Pairs(self.record[part], self.person[part]) for part in ends]

    @property
    def _packed(self) -> Integers:
        return (self.record << 32) | self.person


def asked_of(records: pa.Table, snapshot: Snapshot) -> Asked:
    """Records in standard form, as they are put to the register."""
    return ask(records, snapshot, tuple(FORCED))


def blocked(asked: Asked, snapshot: Snapshot, model: Model) -> pa.Table:
    """Patterns of all pairs that share a blocking key, by blocking: level_*, blocking, pairs.
    What a blocking forces is missing there. A key that leads to too many is not asked (HEAVY).
    """
    found = search(asked, snapshot)
    firsts, tables = _firsts(snapshot), []
    for blocking, forced in FORCED.items():
        rows = asked.keys[blocking].rows
        met = [
            (rows[hits[blocking].asked], first + _people(part, blocking, hits[blocking]))
            for part, first, hits in zip(snapshot.partitions, firsts, found.hits, strict=False)
        ]
        record, person = (np.concatenate(side) for side in zip(*met, strict=True))
        table = patterns(pairs_of(asked, snapshot, model, Pairs(record, person)), forced)
        tables.append(table.append_column(BLOCKING, pa.array([blocking] * table.num_rows)))
    return pa.concat_tables(tables)


def random_pairs(asked: Asked, snapshot: Snapshot, count: int, seed: int) -> Pairs:
    """`count` pairs of any record with anybody: the same for the same seed."""
    draw = np.random.default_rng(seed)
    return Pairs(draw.integers(asked.count, size=count), draw.integers(snapshot.people, size=count))


def true_pairs(person_keys: pa.Array, snapshot: Snapshot) -> Pairs:
    """Who each record is of. `person_keys`: binary(16) by record, MD5 of the custodian's id, or
    null. Whom the register does not have is left out.
    """
    met = []
    for part, first in zip(snapshot.partitions, _firsts(snapshot), strict=False):
        keys = part.keys.whole()
        held = pa.Array.from_buffers(pa.binary(16), len(keys), [None, pa.py_buffer(keys)])
        place = pc.index_in(person_keys, value_set=held, skip_nulls=True)
        record = np.flatnonzero(place.is_valid().to_numpy(zero_copy_only=False))
        met.append((record, first + place.drop_null().to_numpy().astype(np.int64)))
    record, person = (np.concatenate(side) for side in zip(*met, strict=True))
    return Pairs(record, person)


def pairs_of(asked: Asked, snapshot: Snapshot, model: Model, pairs: Pairs) -> dict[str, Array]:
    """Levels of these pairs by comparison, `missing` last, by the person's best name, in no order;
    a pair that is there twice is compared once.
    """
    levels = [_compared(asked, snapshot, model, block).levels for block in pairs.blocks()]
    return {name: np.concatenate([of[name] for of in levels]) for name in LEVELS}


def patterns(levels: Mapping[str, Array], forced: tuple[str, ...] = ()) -> pa.Table:
    """level_<comparison> text and pairs int64, one row a pattern, in order; `forced` missing."""
    sizes = [len(names) + 1 for names in LEVELS.values()]
    columns = [
        np.full_like(levels[name], size - 1) if name in forced else levels[name]
        for (name, size) in zip(LEVELS, sizes, strict=True)
    ]
    codes, counts = np.unique(np.ravel_multi_index(columns, sizes), return_counts=True)
    places = np.unravel_index(codes, sizes)
    texts = {
        f"level_{name}": pa.array([*names, MISSING]).take(pa.array(place))
        for (name, names), place in zip(LEVELS.items(), places, strict=True)
    }
    return pa.table({**texts, "pairs": pa.array(counts, pa.int64())})


def _compared(asked: Asked, snapshot: Snapshot, model: Model, pairs: Pairs) -> Candidates:
    """The pairs as if the numbers' index had led to them, of which every record has one key."""
    every = replace(asked.keys["tin"], rows=np.arange(asked.count))
    hits = []
    for first, end in pairwise(_firsts(snapshot)):
        here = (pairs.person >= first) & (pairs.person < end)
        person = (pairs.person[here] - first).astype(np.uint32)
        led = Hits(pairs.record[here], person, np.zeros(asked.count, np.int64))
        hits.append({"tin": led, "born": _NONE, "home": _NONE})
    led_there = replace(asked, keys={**asked.keys, "tin": every})
    searched = Search(np.zeros(asked.count, dtype=bool), hits)
    return candidates(led_there, snapshot, model, _NOWHERE, searched)


def _people(part: Part, blocking: str, hits: Hits) -> Integers:
    person = part.homes.take(hits.values)["person"] if blocking == "home" else hits.values
    return person.astype(np.int64)


def _firsts(snapshot: Snapshot) -> Integers:
    """The number of each partition's first person, and of the first that is not there."""
    return np.cumsum([0, *(len(part.people) for part in snapshot.partitions)])
