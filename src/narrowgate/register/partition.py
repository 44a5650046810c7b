"""One partition of a snapshot: from rows to people, names, addresses and posting lists.

    people     person uint32, person_key binary(16), person_id, tin, birth_date, sealed
    names      person, given, middle, family, suffix, name_kind
    addresses  person, delivery_point, city, state, zip5, address_from, address_to
    postings   key uint64, person; sorted by key

`person` numbers people within the partition. `person_key` is the same in any partitioning (MD5 of
the custodian's id), so that ties between candidates are broken the same way everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import pyarrow as pa

from narrowgate.engine.duck import scrubbed
from narrowgate.register.blocking import address_keys, hashed, identity_keys, name_keys

TABLES = ("people", "names", "addresses", "postings")

_CONTENT = ", ".join(
    f"coalesce({column}::VARCHAR, chr(1))"
    for column in (
        *("person_id", "tin", "birth_date", "sealed", "given", "middle", "family", "suffix"),
        *("name_kind", "delivery_point", "city", "state", "zip5", "address_from", "address_to"),
    )
)


@dataclass(frozen=True, slots=True)
class Built:
    """A partition's `tables` by name, the digest of each bucket's content, and who was rejected:
    `contradictions` are person ids whose rows disagree on number or birth date.
    """

    tables: dict[str, pa.Table]
    buckets: dict[int, str]
    people: int
    addresses: int
    contradicting_rows: int


def build(con: duckdb.DuckDBPyConnection, rows: pa.Table) -> Built:
    """Build a partition of `rows` (in ROWS). A person whose rows contradict each other in number
    or birth date is left out with all rows: nobody can say which is right. One sealed row seals
    the person.
    """
    con.register("taken", rows)
    with scrubbed("building a partition of the snapshot"):
        con.execute(_WHO)
        con.execute(_ROWS)
        tables = {
            name: con.sql(query).to_arrow_table()
            for name, query in (
                ("people", "SELECT * EXCLUDE (bucket) FROM who ORDER BY person"),
                ("names", _NAMES),
                ("addresses", _ADDRESSES),
                ("postings", _postings()),
            )
        }
        buckets = con.sql(_BUCKETS).fetchall()
        wrong = con.sql("SELECT count(*) FROM taken ANTI JOIN who USING (person_id)").fetchall()
    con.unregister("taken")
    return Built(
        tables,
        dict(buckets),
        tables["people"].num_rows,
        tables["addresses"].num_rows,
        wrong[0][0],
    )


_WHO = """
CREATE OR REPLACE TEMP TABLE who AS
SELECT (row_number() OVER (ORDER BY person_id) - 1)::UINTEGER AS person,
    unhex(md5(person_id)) AS person_key, bucket, person_id, tin, birth_date, sealed
FROM (
    SELECT person_id, any_value(bucket) AS bucket, max(tin) AS tin, max(birth_date) AS birth_date,
        bool_or(sealed) AS sealed
    FROM taken GROUP BY person_id
    HAVING count(DISTINCT tin) <= 1 AND count(DISTINCT birth_date) <= 1)
"""

_ROWS = """
CREATE OR REPLACE TEMP TABLE held AS
SELECT who.person, who.bucket, taken.* EXCLUDE (bucket, tin, birth_date, sealed),
    who.tin, who.birth_date, who.sealed
FROM taken JOIN who USING (person_id)
"""

_NAMES = """
SELECT DISTINCT person, given, middle, family, suffix, name_kind FROM held
ORDER BY ALL
"""

_ADDRESSES = """
SELECT DISTINCT person, delivery_point, city, state, zip5, address_from, address_to FROM held
ORDER BY ALL
"""

# Rows are hashed one by one and the sorted hashes hashed again, a bucket at a time: the same
# content has the same digest in any order, and the sort needs memory for one bucket only.
_BUCKETS = f"""
SELECT bucket, sha256(string_agg(content, '' ORDER BY content)) FROM (
    SELECT DISTINCT bucket, sha256(concat_ws(chr(31), {_CONTENT})) AS content FROM held)
GROUP BY bucket
"""


def _postings() -> str:
    named = "SELECT DISTINCT person, given, family, birth_date, tin FROM held"
    placed = (
        "SELECT DISTINCT person, given, family, delivery_point, city, state, zip5 FROM held "
        "WHERE delivery_point IS NOT NULL"
    )
    keys = " UNION ALL ".join(
        (
            identity_keys("named", "person", swapped=False),
            name_keys("placed", "person"),
            address_keys("placed", "person"),
        )
    )
    return f"""
        WITH named AS ({named}), placed AS ({placed}),
        keyed AS ({hashed(keys, "person")})
        SELECT key, person FROM keyed ORDER BY key, person
    """
