"""Candidates: for each open record, the people of the register it could be, with their weights.

The request goes to the indexes of every partition; only what they lead to is opened. A record and a
person are weighed alike wherever the person lies, so that the union of partitions gives what one
partition would: partitions, processes and machines change nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
import numpy.typing as npt

from narrowgate.matching.asked import NAMES, Asked
from narrowgate.matching.comparisons import birth_levels, name_levels, tin_levels
from narrowgate.matching.likeness import NONE, Levels, Texts
from narrowgate.matching.model import BY_FREQUENCY, LEVELS, Model
from narrowgate.matching.residence import AddressPolicy, Homes, homes_of
from narrowgate.register.arrays import Array
from narrowgate.register.blocking import HEAVY
from narrowgate.register.index import Hits, spread
from narrowgate.register.snapshot import Part, Snapshot

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """One row a record and person (n), by record, then by partition and person.

    `record`: int64, place in what was asked; `part`, `person`: who; `name`: row of the person's
    best name; `identity`, `other`: bits, with and without the number; `residence`: bits, NaN where
    the address is not this person's; `was_there`: it is, or was at some time; `sealed`; `kind`: of
    the name (layout.NAME_KINDS); `levels`: by comparison; `unit_on_one_side`; `one_sided_suffix`;
    `no_number`: the record has none.
    """

    record: npt.NDArray[np.int64]
    part: npt.NDArray[np.uint16]
    person: npt.NDArray[np.uint32]
    name: npt.NDArray[np.int64]
    identity: Floats
    other: Floats
    residence: Floats
    was_there: npt.NDArray[np.bool_]
    unit_on_one_side: npt.NDArray[np.bool_]
    sealed: npt.NDArray[np.bool_]
    one_sided_suffix: npt.NDArray[np.bool_]
    no_number: npt.NDArray[np.bool_]
    kind: npt.NDArray[np.uint32]
    levels: dict[str, Levels]

    @property
    def lives_there(self) -> npt.NDArray[np.bool_]:
        """Whether the record's address is this person's, as the agreement counts addresses."""
        return ~np.isnan(self.residence)


@dataclass(frozen=True, slots=True, eq=False)
class Search:
    """What the indexes said. `capped`: bool by record: one of its keys leads to so many people that
    nobody can be shown to be the only one. `hits`: by partition and index, with the counts of all
    partitions together.
    """

    capped: npt.NDArray[np.bool_]
    hits: list[dict[str, Hits]]


def indexes(policy: AddressPolicy) -> tuple[str, ...]:
    """The indexes that are asked."""
    return ("tin", "born", "home", *(("building",) if policy.unit_may_be_missing else ()))


def search(asked: Asked, snapshot: Snapshot) -> Search:
    """Ask the indexes of every partition, and set aside what is too common."""
    names = asked.keys
    found = [
        {name: getattr(part, name).find(asked.keys[name].hashes, HEAVY[name]) for name in names}
        for part in snapshot.partitions
    ]
    capped = np.zeros(asked.count, dtype=bool)
    for name in names:
        counts = np.sum([hits[name].counts for hits in found], axis=0)
        capped[asked.keys[name].rows[counts > HEAVY[name]]] = True
        for hits in found:
            hits[name] = replace(hits[name], counts=counts)
    return Search(capped, found)


def candidates(
    asked: Asked,
    snapshot: Snapshot,
    model: Model,
    policy: AddressPolicy,
    searched: Search,
) -> Candidates:
    """Weigh every record against everybody that its keys lead to."""
    parts = [
        _of_part(asked, snapshot, part, model, policy, hits, searched.capped)
        for part, hits in zip(snapshot.partitions, searched.hits, strict=True)
    ]
    return parts[0] if len(parts) == 1 else _together(parts)


def _of_part(
    asked: Asked,
    snapshot: Snapshot,
    part: Part,
    model: Model,
    policy: AddressPolicy,
    hits: dict[str, Hits],
    capped: npt.NDArray[np.bool_],
) -> Candidates:
    homes = homes_of(asked, part, policy, hits)
    met = [_pair(homes.record, homes.person)] + [
        _pair(asked.keys[name].rows[hits[name].asked], hits[name].values)
        for name in ("tin", "born")
    ]
    pairs = _unique(np.concatenate(met))
    pairs = pairs[~capped[pairs >> 32]]
    record, person = pairs >> 32, (pairs & 0xFFFFFFFF).astype(np.uint32)
    people = part.people.take(person)
    starts = people["name_at"].astype(np.int64)
    which, at = spread(starts, starts + people["names"])
    held = part.names.take(at)
    texts, numbers, words = _texts(asked, snapshot, held)
    asked_names = {name: numbers[name][record[which]] for name in NAMES}
    held_names = {name: words[held[name]] for name in NAMES}
    levels = {
        "tin": tin_levels(asked.tin[record], people["tin"])[which],
        "birth_date": birth_levels(asked.born[record], people["born"])[which],
        **name_levels(texts, asked_names, held_names),
    }
    other: Floats = np.where(held["kind"] > 0, model.former_name.bits, 0.0).astype(np.float64)
    for comparison in LEVELS:
        if comparison != "tin":
            other = other + _bits(comparison, levels[comparison], held, snapshot, model)
    identity = np.round(other + model.bits_of("tin")[levels["tin"]], 4)
    best = _best_names(which, identity)
    residence, unit_on_one_side = _residence(pairs, homes, model, snapshot)
    return Candidates(
        record=record,
        part=np.full(len(record), part.number, np.uint16),
        person=person,
        name=at[best],
        identity=identity[best],
        other=np.round(other, 4)[best],
        sealed=people["sealed"] > 0,
        kind=held["kind"][best],
        one_sided_suffix=((asked_names["suffix"] == NONE) != (held_names["suffix"] == NONE))[best],
        no_number=asked.tin[record] == 0,
        levels={comparison: found[best] for comparison, found in levels.items()},
        residence=residence,
        was_there=np.isin(pairs, _pair(homes.record[homes.agrees], homes.person[homes.agrees])),
        unit_on_one_side=unit_on_one_side,
    )


def _bits(comparison: str, levels: Levels, held: Array, snapshot: Snapshot, model: Model) -> Floats:
    bits: Floats = model.bits_of(comparison)[levels]
    if comparison in BY_FREQUENCY:
        exact = levels == LEVELS[comparison].index("exact")
        bearers = snapshot.words.bearers(held[comparison][exact])[comparison]
        share = model.identity[comparison]["exact"]
        rarity = model.rarity(share, bearers, snapshot.people)
        bits[exact] = np.maximum(rarity, model.next_to_exact(comparison))
    return bits


def _residence(
    pairs: Array, homes: Homes, model: Model, snapshot: Snapshot
) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Bits of the address for those of `pairs` whose it is, and whether a unit is missing."""
    bits = np.full(len(pairs), np.nan)
    on_one_side = np.zeros(len(pairs), dtype=bool)
    place = {name: share.bits for name, share in model.residence["place"].items()}
    for exact, level in ((False, "unit_on_one_side"), (True, "exact")):
        there = homes.counts & (homes.exact == exact)
        keys = _pair(homes.record[there], homes.person[there])
        at = np.searchsorted(pairs, keys)
        known = at < len(pairs)
        known[known] = pairs[at[known]] == keys[known]
        rarity = model.rarity(
            model.residence["address"][level], homes.on_file[there][known], snapshot.people
        )
        by_place = np.where(homes.by_zip[there][known], place["zip"], place["city"])
        bits[at[known]] = np.round(rarity + by_place, 4)
        on_one_side[at[known]] = not exact
    return bits, on_one_side


def _texts(asked: Asked, snapshot: Snapshot, held: Array) -> tuple[Texts, dict[str, Array], Array]:
    """All names that meet here, the numbers there of those asked, and of each word of the
    register.
    """
    wanted = np.zeros(max(int(held[name].max(initial=0)) for name in NAMES) + 1, bool)
    for name in NAMES:
        wanted[held[name]] = True
    wanted[0] = False
    used = np.flatnonzero(wanted)
    texts = Texts([*(asked.names[name] for name in NAMES), snapshot.words.texts(used)])
    *numbers, of_words = texts.columns
    words = np.zeros(len(wanted), np.int64)
    words[used] = of_words
    return texts, dict(zip(NAMES, numbers, strict=True)), words


def _best_names(which: Array, identity: Floats) -> Array:
    """Of each person's names, which are together in `which`, the first of the heaviest."""
    first = np.flatnonzero(np.diff(which, prepend=-1))
    if len(first) == len(which):
        return first
    heaviest = np.maximum.reduceat(identity, first)
    places = np.where(identity == heaviest[which], np.arange(len(which)), len(which))
    return np.minimum.reduceat(places, first)


def _pair(record: Array, person: Array) -> npt.NDArray[np.int64]:
    return np.asarray((record.astype(np.int64) << 32) | person.astype(np.int64))


def _unique(pairs: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    ordered = np.sort(pairs)
    return np.asarray(ordered[np.diff(ordered, prepend=-1) != 0])


def _together(parts: Sequence[Candidates]) -> Candidates:
    """By record, then by partition and person: the order of the people's keys (partition.py)."""
    order = np.argsort(np.concatenate([p.record for p in parts]), kind="stable")

    def joined(name: str) -> Array:
        return np.concatenate([getattr(p, name) for p in parts])[order]

    names = (column.name for column in fields(Candidates) if column.name != "levels")
    levels = {
        comparison: np.concatenate([p.levels[comparison] for p in parts])[order]
        for comparison in LEVELS
    }
    return Candidates(**{name: joined(name) for name in names}, levels=levels)
