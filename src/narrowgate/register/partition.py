"""One partition of a snapshot: people, names and homes, and the indexes to them.

A partition is built block by block (block.py) in bounded memory: what is final is sealed at once,
and only the keys of the indexes wait in memory for the last block.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from narrowgate.engine.hashing import Hasher
from narrowgate.errors import BadInput
from narrowgate.register.arrays import Append, Array, Write
from narrowgate.register.block import Block
from narrowgate.register.blocking import (
    birth_keys,
    building_keys,
    name_keys,
    number_keys,
    place_keys,
    regions,
)
from narrowgate.register.index import write_index
from narrowgate.register.layout import HOME, KEY, MOST_ROWS, NAME, NAME_KINDS, NO_DATE, PERSON, part
from narrowgate.register.words import Dictionary

INDEXES = ("tin", "born", "home", "building", "name")
_NAME_WORDS = ("given", "middle", "family", "suffix")
_PLACE_WORDS = ("city", "state", "zip5")


@dataclass(slots=True)
class _Keys:
    """Keys of one index, and the rows they lead to, as blocks bring them."""

    hashes: list[Array] = field(default_factory=list)
    values: list[Array] = field(default_factory=list)

    def add(self, hashes: Array, values: Array) -> None:
        self.hashes.append(hashes)
        self.values.append(values.astype(np.uint32))


class Partition:
    """A partition under construction. `rejects`: REJECTS, of people who were left out; `digests`:
    of each bucket's content by its number.
    """

    def __init__(self, number: int, append: Append, dictionary: Dictionary, hasher: Hasher) -> None:
        self.people = self.addresses = 0
        self.rejects: list[pa.Table] = []
        self.digests: dict[int, str] = {}
        self._names, self._number = 0, number
        self._append, self._dictionary, self._hasher = append, dictionary, hasher
        self._keys = {name: _Keys() for name in INDEXES}

    def add(self, block: Block) -> None:
        """Take the next people, in the order of their keys."""
        self.rejects.append(block.rejects)
        self.digests |= block.digests
        self._add_people(block.people, block.names, block.homes)

    def finish(self, write: Write) -> None:
        """Write the indexes."""
        for name in INDEXES:
            keys = self._keys.pop(name)
            hashes = np.concatenate([np.zeros(0, np.uint64), *keys.hashes])
            values = np.concatenate([np.zeros(0, np.uint32), *keys.values])
            keys.hashes.clear()
            keys.values.clear()
            if name == "name":  # asked only whether anybody bears it, which many may
                hashes, first = np.unique(hashes, return_index=True)
                values = values[first]
            write_index(write, part(self._number, f"{name}-index"), hashes, values)

    def _add_people(self, people: pa.Table, names: pa.Table, homes: pa.Table) -> None:
        count = people.num_rows
        of_names = np.bincount(_plain(names, "person"), minlength=count)
        of_homes = np.bincount(_plain(homes, "person"), minlength=count)
        if max(of_names.max(initial=0), of_homes.max(initial=0)) > MOST_ROWS:
            raise BadInput(
                f"a person has more than {MOST_ROWS:,} names or addresses",
                place="the register",
                mend="Give people who are not the same different person_id.",
            )
        table = np.zeros(count, PERSON)
        table["tin"] = pc.fill_null(people["tin"], 0).to_numpy()
        table["born"] = _days(people, "birth_date")
        table["sealed"] = people["sealed"].to_numpy()
        table["names"], table["homes"] = of_names, of_homes
        table["name_at"] = self._names + np.cumsum(of_names) - of_names
        table["home_at"] = self.addresses + np.cumsum(of_homes) - of_homes
        self._append(part(self._number, "people"), table)
        keys = people["key"].combine_chunks().cast(pa.binary(16)).buffers()[1]
        self._append(part(self._number, "keys"), np.frombuffer(keys, KEY)[:count])
        self._add_names(table, names)
        self._add_homes(homes)
        held = np.flatnonzero(table["tin"])
        self._keys["tin"].add(number_keys(self._hasher, table["tin"][held]), held + self.people)
        self.people += count
        self._names += names.num_rows
        self.addresses += homes.num_rows

    def _add_names(self, people: Array, names: pa.Table) -> None:
        words = self._words(names, table := np.zeros(names.num_rows, NAME), _NAME_WORDS)
        table["kind"] = pc.index_in(names["name_kind"], value_set=pa.array(NAME_KINDS)).to_numpy()
        self._append(part(self._number, "names"), table)
        person = _plain(names, "person")
        self._dictionary.borne(person, table["given"], table["family"])
        born = people["born"][person]
        dated = np.flatnonzero(born != NO_DATE)
        chosen = pa.array(dated)
        rows, hashes = birth_keys(
            self._hasher, born[dated], words["given"].take(chosen), words["family"].take(chosen)
        )
        self._keys["born"].add(hashes, person[dated][rows] + self.people)
        both = pc.and_(words["given"].is_valid(), words["family"].is_valid())
        named = np.flatnonzero(both.to_numpy(zero_copy_only=False))
        chosen = pa.array(named)
        hashes = name_keys(self._hasher, words["given"].take(chosen), words["family"].take(chosen))
        self._keys["name"].add(hashes, person[named] + self.people)

    def _add_homes(self, homes: pa.Table) -> None:
        places = self._words(homes, table := np.zeros(homes.num_rows, HOME), _PLACE_WORDS)
        table["person"] = _plain(homes, "person") + self.people
        table["start"], table["end"] = _days(homes, "address_from"), _days(homes, "address_to")
        table["has_unit"] = homes["has_unit"].to_numpy()
        self._append(part(self._number, "homes"), table)
        region = regions(places["state"], places["zip5"])
        for name, column, keys in (
            ("home", "delivery_point", place_keys),
            ("building", "building", building_keys),
        ):
            texts = homes[column].combine_chunks()
            there = np.flatnonzero(texts.is_valid().to_numpy(zero_copy_only=False))
            chosen = pa.array(there)
            hashes = keys(self._hasher, texts.take(chosen), region.take(chosen))
            self._keys[name].add(hashes, there + self.addresses)

    def _words(self, rows: pa.Table, table: Array, columns: Sequence[str]) -> dict[str, pa.Array]:
        """Put the words of these columns into `table` by number; returns their texts."""
        texts = {name: rows[name].combine_chunks() for name in columns}
        numbered = self._dictionary.numbers(list(texts.values()))
        for name, numbers in zip(texts, numbered, strict=True):
            table[name] = numbers
        return texts


def _plain(table: pa.Table, name: str) -> Array:
    return np.asarray(table[name].to_numpy())


def _days(table: pa.Table, name: str) -> Array:
    """Dates as days since 1970, int32; NO_DATE for null."""
    return np.asarray(pc.fill_null(table[name].cast(pa.int32()), NO_DATE).to_numpy())
