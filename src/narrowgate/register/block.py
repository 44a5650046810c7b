"""A block of a partition: from the rows of some ranges of buckets to people, names and homes.

Blocks are made side by side, each by one thread and in bounded memory. People are numbered by MD5
of the custodian's id, so that ties between candidates are broken the same way in any partitioning.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from narrowgate.engine.duck import connect, scrubbed
from narrowgate.register.content import bucket_digests
from narrowgate.register.rows import REJECTS


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """`people`: key, tin, birth_date, sealed, by key. `names` and `homes`: their `person`, a number
    from 0, with text in standard form, by person, none twice. `rejects`: REJECTS, of people who
    were left out. `digests`: of each bucket's content by its number (content.py).
    """

    people: pa.Table
    names: pa.Table
    homes: pa.Table
    rejects: pa.Table
    digests: dict[int, str]


def block_of(rows: pa.Table, protected: pa.Table) -> Block:
    """The block of whole people (`rows` in ROWS). A person whose rows contradict each other in
    number or birth date is left out with all rows: nobody can say which is right. One sealed row
    seals the person, and so does a `person_id` in `protected`.
    """
    con = connect(threads=1)
    con.register("taken", rows)
    con.register("protected", protected)
    try:
        with scrubbed("building a partition of the snapshot"):
            con.execute(_WHO)
            con.execute(_HELD)
            people, names, homes, rejects = (
                con.sql(query).to_arrow_table().combine_chunks()
                for query in (_PEOPLE, _NAMES, _HOMES, _CONTRADICTING)
            )
    finally:
        con.close()
    digests = bucket_digests(people, names, homes)
    return Block(people, names, homes, rejects.cast(REJECTS), digests)


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
ORDER BY person, address_from DESC NULLS LAST, delivery_point, city, state, zip5, address_to,
    building, has_unit
"""
