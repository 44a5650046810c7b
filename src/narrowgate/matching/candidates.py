"""Candidates: for each open record, the people of the register it could be, with their weights.

Every partition is asked the same SQL. Of what it finds there leaves it, a record: the two heaviest
people, everybody with the very number, and everybody of that name who lives at that address or was
born on that day. What is decided (decide.py) looks at nothing else, so that a union of partitions
gives what one partition would: partitions, threads and machines change nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache

import duckdb
import pyarrow as pa
from nicknames import NickNamer

from narrowgate.engine.duck import scrubbed
from narrowgate.matching.comparisons import AGREE, level_type, levels, weight
from narrowgate.matching.model import LEVELS, Model
from narrowgate.register.blocking import (
    HEAVY,
    REGION,
    address_keys,
    hashed,
    identity_keys,
    zip_states,
)
from narrowgate.register.snapshot import Snapshot

COMMON = 3
"""A given name that so many people of the register bear is a name, and not another misspelt."""


def ask(con: duckdb.DuckDBPyConnection, records: pa.Table) -> None:
    """Make the relations `asked` (records with `row`) and `asked_keys` on `con`."""
    con.register("asked_records", records)
    con.register("zip_states", zip_states())
    con.register("nicknames", _nicknames())
    keys = f"{identity_keys('asked', 'row', swapped=True)} UNION ALL {address_keys('asked', 'row')}"
    with scrubbed("making blocking keys"):
        con.execute(level_type())
        con.execute(_ASKED)
        con.execute(f"CREATE TEMP TABLE asked_keys AS {hashed(keys, 'row')}")
        con.execute("CREATE TEMP TABLE hits (partition INT, key UBIGINT, person UINTEGER)")
        con.execute("CREATE TEMP TABLE borne (given VARCHAR, people UINTEGER)")


def find(con: duckdb.DuckDBPyConnection, snapshot: Snapshot) -> None:
    """Look the asked keys up in every partition's posting lists: the relation `hits`; and the
    asked given names among those borne: `names_of_others`, names that are not slips of another.

    From it `heavy`: keys that more than HEAVY people of the whole register share, counted over all
    partitions before any is compared; and `capped`: records that can therefore not be proved
    unique, for a whole way to namesakes, to the household or to the number's holders is not seen.
    """
    for partition in range(snapshot.partitions):
        for name in ("postings", "givens"):
            con.register(name, snapshot.table(partition, name))
        with scrubbed("looking blocking keys up"):
            con.execute(_HITS, {"partition": partition})
            con.execute(_BORNE)
        for name in ("postings", "givens"):
            con.unregister(name)
    with scrubbed("setting heavy keys aside"):
        con.execute(_CAPPED)
        con.execute(_NAMES)


def candidates(
    con: duckdb.DuckDBPyConnection, snapshot: Snapshot, partition: int, model: Model, today: date
) -> pa.Table:
    """One row a record and person of one partition, by the person's best name.

    row int64, person_key binary(16), identity_weight float64 (bits), other_weight (the same without
    the number), residence_agrees bool, sealed bool, name_kind, level_* text, and candidate_*
    (given, middle, family, suffix, birth_date, tin) as on file, null where residence disagrees.
    """
    for name, columns in _COLUMNS.items():
        con.register(name, snapshot.table(partition, name, columns))
    try:
        with scrubbed("comparing records with the register"):
            con.execute(_PAIRS, {"partition": partition})
            con.execute(
                _COMPARED.format(
                    levels=levels(), weight=weight(model), other=weight(model, without="tin")
                )
            )
            con.execute(_HOMES, {"today": today})
            return con.sql(_FOUND).to_arrow_table()
    finally:
        for name in _COLUMNS:
            con.unregister(name)


_COLUMNS: Mapping[str, tuple[str, ...] | None] = {
    "people": ("person", "person_key", "tin", "birth_date", "sealed"),
    "names": None,
    "addresses": None,
}

_ASKED = f"""
CREATE TEMP TABLE asked AS
SELECT row, given, middle, family, suffix, birth_date, tin, delivery_point, city, state, zip5,
    {REGION} AS region
FROM asked_records
"""

_HITS = """
INSERT INTO hits SELECT $partition, key, person FROM postings SEMI JOIN asked_keys USING (key)
"""

_BORNE = """
INSERT INTO borne SELECT given, people FROM givens SEMI JOIN asked USING (given)
"""

_NAMES = f"""
CREATE TEMP TABLE names_of_others AS
SELECT given FROM borne GROUP BY given HAVING sum(people) >= {COMMON}
UNION SELECT one FROM nicknames
"""

_CAPPED = f"""
CREATE TEMP TABLE heavy AS SELECT key FROM hits GROUP BY key HAVING count(*) > {HEAVY};
CREATE TEMP TABLE capped AS
SELECT row FROM asked_keys SEMI JOIN heavy USING (key) GROUP BY row
HAVING bool_or(kind = 't') OR (bool_or(kind = 'b') AND bool_or(kind = 'd'))
    OR (bool_or(kind = 'a') AND bool_or(kind = 'g'));
"""

_PAIRS = """
CREATE OR REPLACE TEMP TABLE pairs AS
SELECT DISTINCT row, person FROM asked_keys JOIN hits USING (key) ANTI JOIN heavy USING (key)
WHERE partition = $partition
"""

_COMPARED = """
CREATE OR REPLACE TEMP TABLE compared AS
WITH weighed AS (
    SELECT *, {weight} AS identity_weight, {other} AS other_weight FROM (
        SELECT row, person, n.name, n.sole, n.name_kind, {levels}
        FROM pairs JOIN asked AS r USING (row) JOIN people AS p USING (person)
        JOIN names AS n USING (person)
        LEFT JOIN nicknames AS nick ON nick.one = r.given AND nick.other = n.given))
SELECT * FROM weighed WHERE sole
UNION ALL
SELECT * FROM (SELECT * FROM weighed WHERE NOT sole) QUALIFY
    row_number() OVER (PARTITION BY row, person ORDER BY identity_weight DESC, name) = 1
"""

# The address that counts is the current one, the last known (26 CFR 301.6212-2): in effect today,
# and of those the one begun last; where several began on that day, or none says when, each.
_HOMES = """
CREATE OR REPLACE TEMP TABLE homes AS
WITH there AS (
    SELECT row, person, address_from FROM pairs JOIN asked AS r USING (row)
    JOIN addresses AS a USING (person, delivery_point)
    WHERE (a.zip5 = r.zip5 OR ((a.zip5 IS NULL OR r.zip5 IS NULL)
            AND a.city = r.city AND a.state = r.state))
        AND (a.state = r.state OR a.state IS NULL OR r.state IS NULL)
        AND (address_to IS NULL OR address_to > $today)),
latest AS (
    SELECT person, max(address_from) AS began FROM addresses SEMI JOIN there USING (person)
    WHERE (address_to IS NULL OR address_to > $today)
        AND (address_from IS NULL OR address_from <= $today)
    GROUP BY person)
SELECT DISTINCT row, person FROM there JOIN latest USING (person)
WHERE address_from IS NOT DISTINCT FROM began
"""

_FOUND = f"""
WITH heaviest AS (SELECT row, max(identity_weight, 2) AS two FROM compared GROUP BY row),
kept AS (
    SELECT compared.*, homes.row IS NOT NULL AS residence_agrees
    FROM compared JOIN heaviest USING (row) LEFT JOIN homes USING (row, person)
    WHERE identity_weight >= two[-1] OR level_tin = 'exact'
        OR ((residence_agrees OR level_birth_date = 'exact')
            AND (level_given IN {AGREE} OR level_given = 'initial') AND level_family IN {AGREE}))
SELECT row, person_key, identity_weight, other_weight, residence_agrees, sealed, k.name_kind,
    {", ".join(f"level_{name}::VARCHAR AS level_{name}" for name in LEVELS)},
    n.given AS candidate_given, n.middle AS candidate_middle, n.family AS candidate_family,
    n.suffix AS candidate_suffix, if(residence_agrees, birth_date, NULL) AS candidate_birth_date,
    if(residence_agrees, tin, NULL) AS candidate_tin
FROM kept AS k JOIN people USING (person)
LEFT JOIN names AS n ON residence_agrees AND n.person = k.person AND n.name = k.name
"""


@cache
def _nicknames() -> pa.Table:
    """one, other: names of which one stands for the other, both ways (package nicknames)."""
    pairs = {
        pair
        for canonical, nicks in NickNamer().nickname_lookup.items()
        for nick in nicks
        for pair in ((canonical.upper(), nick.upper()), (nick.upper(), canonical.upper()))
    }
    one, other = zip(*sorted(pairs), strict=True)
    return pa.table({"one": one, "other": other})
