"""Candidates: for each open record, the people of the register it could be, with their weights.

Every partition is asked the same SQL; what comes back is one row a record and person, the person
named by a key that is the same in any partitioning, so that partitions, threads and machines
change nothing in what is decided (decide.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache

import duckdb
import pyarrow as pa
from nicknames import NickNamer

from narrowgate.engine.duck import scrubbed
from narrowgate.matching.comparisons import levels, weight
from narrowgate.matching.model import Model
from narrowgate.register.blocking import HEAVY, address_keys, hashed, identity_keys, name_keys
from narrowgate.register.partition import TABLES
from narrowgate.register.snapshot import Snapshot

_KEEP = 5
_NAMESAKE = (
    "residence_agrees AND level_given IN ('exact', 'initial') AND level_family IN ('exact', 'part')"
)

KEPT = f"""
QUALIFY level_tin = 'exact' OR ({_NAMESAKE}) OR row_number() OVER (
    PARTITION BY row ORDER BY identity_weight DESC, person_key) <= {_KEEP}"""
"""Which candidates of a record are kept: the best, every namesake at the address, every one
with the very number.

Asked of each partition and once more of all together (decide.py): what is kept of all is kept of
each, so the number of partitions changes nothing.
"""


def ask(con: duckdb.DuckDBPyConnection, records: pa.Table) -> None:
    """Make the relations `asked` (records with `row`) and `asked_keys` on `con`."""
    con.register("asked_records", records)
    con.register("nicknames", _nicknames())
    keys = " UNION ALL ".join(
        (
            identity_keys("asked", "row", swapped=True),
            name_keys("asked", "row"),
            address_keys("asked", "row"),
        )
    )
    with scrubbed("making blocking keys"):
        con.execute(
            """
            CREATE OR REPLACE TEMP TABLE asked AS
            SELECT row, given, middle, family, suffix, birth_date, tin, delivery_point, city,
                state, zip5 FROM asked_records
            """
        )
        con.execute(f"CREATE OR REPLACE TEMP TABLE asked_keys AS {hashed(keys, 'row')}")


def mark_heavy(con: duckdb.DuckDBPyConnection, snapshot: Snapshot) -> None:
    """Make the relation `heavy`: asked keys that more than HEAVY people of the register share.

    Counted over all partitions before any is compared, so that it does not matter how many.
    """
    con.execute("CREATE OR REPLACE TEMP TABLE shared (key UBIGINT, people BIGINT)")
    for partition in range(snapshot.partitions):
        con.register("postings", snapshot.table(partition, "postings"))
        with scrubbed("counting who shares a key"):
            con.execute(
                "INSERT INTO shared SELECT key, count(*) FROM postings "
                "WHERE key IN (SELECT key FROM asked_keys) GROUP BY key"
            )
        con.unregister("postings")
    con.execute(
        "CREATE OR REPLACE TEMP TABLE heavy AS "
        f"SELECT key FROM shared GROUP BY key HAVING sum(people) > {HEAVY}"
    )


def candidates(
    con: duckdb.DuckDBPyConnection, snapshot: Snapshot, partition: int, model: Model, today: date
) -> pa.Table:
    """One row a record and person of one partition, by the person's best name.

    row int64, person_key binary(16), identity_weight float64 (bits), residence_agrees bool, sealed
    bool, capped bool (a key of the record was too heavy to be asked), name_kind, level_* text, and
    candidate_* (given, middle, family, suffix, birth_date, tin) as on file.
    """
    for name in TABLES:
        con.register(name, snapshot.table(partition, name, _COLUMNS.get(name)))
    try:
        with scrubbed("comparing records with the register"):
            con.execute(_PAIRS)
            con.execute(_SCORED.format(levels=levels(), weight=weight(model)))
            found = f"SELECT * FROM ({_FOUND}) {KEPT}"
            return con.sql(found, params={"today": today}).to_arrow_table()
    finally:
        for name in TABLES:
            con.unregister(name)


_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "people": ("person", "person_key", "tin", "birth_date", "sealed")
}

_PAIRS = """
CREATE OR REPLACE TEMP TABLE pairs AS
SELECT DISTINCT row, person FROM asked_keys JOIN postings USING (key)
WHERE key NOT IN (SELECT key FROM heavy);
CREATE OR REPLACE TEMP TABLE capped AS
SELECT DISTINCT row FROM asked_keys WHERE key IN (SELECT key FROM heavy);
"""

_SCORED = """
CREATE OR REPLACE TEMP TABLE scored AS
SELECT *, {weight} AS identity_weight FROM (
    SELECT r.row, p.person, p.person_key, p.sealed, n.name_kind, {levels},
        n.given AS candidate_given, n.middle AS candidate_middle, n.family AS candidate_family,
        n.suffix AS candidate_suffix, p.birth_date AS candidate_birth_date, p.tin AS candidate_tin
    FROM pairs JOIN asked AS r USING (row) JOIN people AS p USING (person)
    JOIN names AS n USING (person) LEFT JOIN nicknames AS nick ON nick.name = r.given)
QUALIFY row_number() OVER (
    PARTITION BY row, person ORDER BY identity_weight DESC, candidate_family, candidate_given,
    candidate_middle, candidate_suffix, name_kind) = 1;
"""

# The address that counts is the current one, the last known (26 CFR 301.6212-2): in effect today,
# and of those the one begun last; where several began on that day, or none says when, each.
_FOUND = """
WITH living AS (
    SELECT a.* FROM addresses AS a
    WHERE person IN (SELECT person FROM scored)
        AND (address_to IS NULL OR address_to > $today)
        AND (address_from IS NULL OR address_from <= $today)
    QUALIFY rank() OVER (PARTITION BY person ORDER BY address_from DESC NULLS LAST) = 1),
at_home AS (
    SELECT DISTINCT s.row, s.person FROM scored AS s JOIN asked AS r USING (row)
    JOIN living AS a ON a.person = s.person AND a.delivery_point = r.delivery_point
        AND (a.zip5 = r.zip5 OR ((a.zip5 IS NULL OR r.zip5 IS NULL) AND a.city = r.city
            AND a.state = r.state))
        AND (a.state = r.state OR a.state IS NULL OR r.state IS NULL))
SELECT scored.* EXCLUDE (person), at_home.row IS NOT NULL AS residence_agrees,
    capped.row IS NOT NULL AS capped
FROM scored LEFT JOIN at_home ON at_home.row = scored.row AND at_home.person = scored.person
LEFT JOIN capped ON capped.row = scored.row
"""


@cache
def _nicknames() -> pa.Table:
    """name, others (list): a name with those that stand for it, either way (package nicknames)."""
    names = NickNamer()
    pairs: dict[str, set[str]] = {}
    for canonical, nicks in names.nickname_lookup.items():
        for nick in nicks:
            pairs.setdefault(canonical.upper(), set()).add(nick.upper())
            pairs.setdefault(nick.upper(), set()).add(canonical.upper())
    return pa.table(
        {"name": list(pairs), "others": [sorted(others) for others in pairs.values()]},
        schema=pa.schema([("name", pa.string()), ("others", pa.list_(pa.string()))]),
    )
