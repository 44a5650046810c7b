"""One partition of a snapshot: from rows to people, names, homes and the indexes to them.

A partition is built block by block, each of some ranges of buckets and in bounded memory; what is
final is sealed at once, and only the keys of the indexes wait in memory for the last block. People
are numbered by MD5 of the custodian's id, so that ties between candidates are broken the same way
in any partitioning.

The content's digest: each row, as all its columns in standard form, is hashed (SHA-256); the hashes
of a bucket are sorted, made distinct and hashed again; so are the buckets, in order (load.py). It
is the same for any order of rows, number of partitions and compression.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from narrowgate.engine.duck import scrubbed
from narrowgate.engine.hashing import Hasher
from narrowgate.errors import BadInput
from narrowgate.register.arrays import Append, Array, Write
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
from narrowgate.register.rows import REJECTS
from narrowgate.register.words import Dictionary

INDEXES = ("tin", "born", "home", "building", "name")
_NAME_WORDS = ("given", "middle", "family", "suffix")
_PLACE_WORDS = ("city", "state", "zip5")

# Standard forms hold no control character; the custodian's own id may, and so tells its length.
_CONTENT = "length(person_id)::VARCHAR, person_id, " + ", ".join(
    f"coalesce({column}::VARCHAR, chr(1))"
    for column in (
        *("tin", "birth_date", "sealed", "given", "middle", "family", "suffix"),
        *("name_kind", "delivery_point", "city", "state", "zip5", "address_from", "address_to"),
    )
)


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

    def add(self, con: duckdb.DuckDBPyConnection, rows: pa.Table, protected: pa.Table) -> None:
        """Take a block of whole people (`rows` in ROWS). A person whose rows contradict each other
        in number or birth date is left out with all rows: nobody can say which is right. One sealed
        row seals the person, and so does a `person_id` in `protected`.
        """
        con.register("taken", rows)
        con.register("protected", protected)
        try:
            with scrubbed("building a partition of the snapshot"):
                con.execute(_WHO)
                con.execute(_HELD)
                people, names, homes = (
                    con.sql(query).to_arrow_table().combine_chunks()
                    for query in (_PEOPLE, _NAMES, _HOMES)
                )
                self.rejects.append(con.sql(_CONTRADICTING).to_arrow_table().cast(REJECTS))
                self.digests |= _bucket_digests(con.sql(_ROW_DIGESTS).to_arrow_table())
        finally:
            con.unregister("taken")
            con.unregister("protected")
        self._add_people(people, names, homes)

    def finish(self, write: Write) -> None:
        """Write the indexes."""
        for name in INDEXES:
            keys = self._keys.pop(name)
            hashes = np.concatenate([np.zeros(0, np.uint64), *keys.hashes])
            values = np.concatenate([np.zeros(0, np.uint32), *keys.values])
            keys.hashes.clear()
            keys.values.clear()
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


def _bucket_digests(content: pa.Table) -> dict[int, str]:
    """`content`: bucket uint8, digest (64 hexadecimal digits), in order."""
    edges = np.searchsorted(content["bucket"].to_numpy(), np.arange(257))
    return {
        bucket: hashlib.sha256(
            "".join(content["digest"][start:stop].to_pylist()).encode()
        ).hexdigest()
        for bucket, (start, stop) in enumerate(pairwise(edges))
        if stop > start
    }


_WHO = """
CREATE OR REPLACE TEMP TABLE everybody AS
SELECT *, coalesce(tins[1] <> tins[2], false) AS two_numbers,
    coalesce(births[1] <> births[2], false) AS two_births
FROM (
    SELECT person_id, any_value(bucket) AS bucket, [min(tin), max(tin)] AS tins,
        [min(birth_date), max(birth_date)] AS births,
        coalesce(bool_or(sealed), false) OR any_value(protected.id) IS NOT NULL AS sealed
    FROM taken LEFT JOIN protected ON protected.id = taken.person_id GROUP BY person_id);
CREATE OR REPLACE TEMP TABLE who AS
SELECT (row_number() OVER (ORDER BY bucket, key) - 1)::UINTEGER AS person, *
FROM (
    SELECT bucket, unhex(md5(person_id)) AS key, person_id, tins[1] AS tin,
        births[1] AS birth_date, sealed
    FROM everybody WHERE NOT (two_numbers OR two_births));
"""

_HELD = """
CREATE OR REPLACE TEMP TABLE held AS
SELECT who.*, taken.* EXCLUDE (file, row, bucket, person_id, tin, birth_date, sealed)
FROM taken JOIN who USING (person_id)
"""

_CONTRADICTING = """
SELECT file, row, if(two_numbers, 'tin', 'date_of_birth') AS column,
    'not the same in all rows of the person' AS reason
FROM taken JOIN everybody USING (person_id) WHERE two_numbers OR two_births
"""

_PEOPLE = "SELECT key, tin::UINTEGER AS tin, birth_date, sealed FROM who ORDER BY person"

_NAMES = """
SELECT DISTINCT person, given, middle, family, suffix, name_kind FROM held
ORDER BY person, family, given, middle, suffix, name_kind
"""

_HOMES = """
SELECT DISTINCT person, delivery_point, building, city, state, zip5, address_from, address_to,
    unit IS NOT NULL AS has_unit
FROM held
ORDER BY person, address_from DESC NULLS LAST, delivery_point, city, state, zip5, address_to
"""

_ROW_DIGESTS = f"""
SELECT bucket, digest FROM (
    SELECT DISTINCT bucket, sha256(concat_ws(chr(31), {_CONTENT})) AS digest FROM held)
ORDER BY bucket, digest
"""
