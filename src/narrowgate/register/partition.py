"""One partition of a snapshot: from rows to people, names, addresses and posting lists.

    people     person uint32, person_key binary(16), person_id, tin, birth_date, sealed
    names      person, name uint32, sole, given, middle, family, suffix, name_kind
    addresses  person, delivery_point, city, state, zip5, address_from, address_to
    givens     given, people: by how many it is borne
    postings   key uint64, person; sorted by key

`person` numbers people within the partition. `person_key` is the same in any partitioning (MD5 of
the custodian's id), so that ties between candidates are broken the same way everywhere. `name`
numbers a person's names in the order of their letters; `sole`: there is no other.

The content's digest: each row, as all its columns in standard form, is hashed (SHA-256); the hashes
of a bucket are sorted, made distinct and hashed again; so are the buckets, in order (load.py). It
is the same for any order of rows, number of partitions and compression.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from itertools import pairwise

import duckdb
import numpy as np
import pyarrow as pa

from narrowgate.engine.duck import scrubbed
from narrowgate.register.blocking import (
    REGION,
    address_keys,
    hashed,
    identity_keys,
    zip_states,
)
from narrowgate.register.rows import REJECTS

TABLES = ("people", "names", "addresses", "givens", "postings")

# Standard forms hold no control character; the custodian's own id may, and so tells its length.
_CONTENT = "length(person_id)::VARCHAR, person_id, " + ", ".join(
    f"coalesce({column}::VARCHAR, chr(1))"
    for column in (
        *("tin", "birth_date", "sealed", "given", "middle", "family", "suffix"),
        *("name_kind", "delivery_point", "city", "state", "zip5", "address_from", "address_to"),
    )
)


@dataclass(frozen=True, slots=True, eq=False)
class Built:
    """A partition's `tables` by name, the digest of each bucket's content by its number, and the
    rows of people who were left out, in REJECTS.
    """

    tables: dict[str, pa.Table]
    buckets: dict[int, str]
    rejects: pa.Table


def build(con: duckdb.DuckDBPyConnection, rows: pa.Table, protected: pa.Table) -> Built:
    """Build a partition of `rows` (in ROWS). A person whose rows contradict each other in number
    or birth date is left out with all rows: nobody can say which is right. One sealed row seals
    the person, and so does a `person_id` in `protected`.
    """
    con.register("taken", rows)
    con.register("protected", protected)
    con.register("zip_states", zip_states())
    try:
        with scrubbed("building a partition of the snapshot"):
            con.execute(_WHO)
            con.execute(_HELD)
            tables = {name: con.sql(query).to_arrow_table() for name, query in _QUERIES.items()}
            rejects = con.sql(_CONTRADICTING).to_arrow_table().cast(REJECTS)
            content = con.sql(_ROW_DIGESTS).to_arrow_table()
    finally:
        for name in ("taken", "protected", "zip_states"):
            con.unregister(name)
    return Built(tables, _bucket_digests(content), rejects)


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
SELECT (row_number() OVER (ORDER BY person_id) - 1)::UINTEGER AS person, *,
    coalesce(tins[1] <> tins[2], false) AS two_numbers,
    coalesce(births[1] <> births[2], false) AS two_births
FROM (
    SELECT person_id, any_value(bucket) AS bucket, [min(tin), max(tin)] AS tins,
        [min(birth_date), max(birth_date)] AS births,
        coalesce(bool_or(sealed), false) OR any_value(protected.id) IS NOT NULL AS sealed
    FROM taken LEFT JOIN protected ON protected.id = taken.person_id GROUP BY person_id);
CREATE OR REPLACE TEMP TABLE who AS
SELECT person, bucket, person_id, tins[1] AS tin, births[1] AS birth_date, sealed
FROM everybody WHERE NOT (two_numbers OR two_births);
"""

_HELD = f"""
CREATE OR REPLACE TEMP TABLE held AS
SELECT who.*, taken.* EXCLUDE (file, row, bucket, person_id, tin, birth_date, sealed),
    {REGION} AS region
FROM taken JOIN who USING (person_id)
"""

_CONTRADICTING = """
SELECT file, row, if(two_numbers, 'tin', 'date_of_birth') AS column,
    'not the same in all rows of the person' AS reason
FROM taken JOIN everybody USING (person_id) WHERE two_numbers OR two_births
"""

_POSTED = " UNION ALL ".join(
    (
        identity_keys("named", "person", swapped=False),
        address_keys("placed", "person"),
    )
)

_QUERIES = {
    "people": """
        SELECT person, unhex(md5(person_id)) AS person_key, person_id, tin, birth_date, sealed
        FROM who ORDER BY person""",
    "names": """
        SELECT person, (row_number() OVER alphabetical - 1)::UINTEGER AS name,
            count(*) OVER (PARTITION BY person) = 1 AS sole,
            given, middle, family, suffix, name_kind
        FROM (SELECT DISTINCT person, given, middle, family, suffix, name_kind FROM held)
        WINDOW alphabetical AS
            (PARTITION BY person ORDER BY family, given, middle, suffix, name_kind)
        ORDER BY person, name""",
    "addresses": """
        SELECT DISTINCT person, delivery_point, city, state, zip5, address_from, address_to
        FROM held ORDER BY person, delivery_point, city, state, zip5, address_from, address_to""",
    "givens": """
        SELECT given, count(DISTINCT person)::UINTEGER AS people FROM held
        WHERE given IS NOT NULL GROUP BY given ORDER BY given""",
    "postings": f"""
        WITH named AS (SELECT DISTINCT person, given, family, birth_date, tin FROM held),
        placed AS (
            SELECT DISTINCT person, given, family, delivery_point, region FROM held
            WHERE delivery_point IS NOT NULL)
        SELECT DISTINCT key, person FROM ({hashed(_POSTED, "person")}) ORDER BY key, person""",
}

_ROW_DIGESTS = f"""
SELECT bucket, digest FROM (
    SELECT DISTINCT bucket, sha256(concat_ws(chr(31), {_CONTENT})) AS digest FROM held)
ORDER BY bucket, digest
"""
