"""What a register's own rows say: who has an address that counts, who is sealed, how many live in
a building.

Read from the files, in standard form, and not from the snapshot that matching asks: a fault of
loading, of an index or of the decision is then a false confirmation or a miss in the trial, and not
part of its truth.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from narrowgate.agreement.terms import AnswerTerms
from narrowgate.engine.duck import connect, scrubbed
from narrowgate.engine.read import read_batches
from narrowgate.matching.residence import AddressPolicy
from narrowgate.standard.columns import REGISTER_COLUMNS
from narrowgate.standard.form import standardise

_NEEDED = ("person_id", "given_name", "family_name", "address_line1")
_AS_THEY_CAME = ("person_id", "address_from", "address_to", "sealed")
_STANDARD = ("birth_date", "delivery_point", "building", "unit", "city", "state", "zip5")
_NOT_SEALED = ["false", "f", "no", "n", "0"]


@dataclass(frozen=True, slots=True, eq=False)
class OnFile:
    """One row a record, in their order. `lives_there` bool: the subject is on file, is not sealed,
    and has the record's very address as one that counts. `born` date32: the subject's birth date
    on file. `residents` int64: people who have or had an address in the record's building.
    """

    lives_there: pa.ChunkedArray
    born: pa.ChunkedArray
    residents: pa.ChunkedArray


def on_file(
    register: Sequence[Path], standard: pa.Table, person: pa.Array, terms: AnswerTerms, today: date
) -> OnFile:
    """Ask the files. `standard`: the records in standard form; `person`: the subject's person_id,
    null for nobody. Raises BadInput for a file that cannot be read.
    """
    con = connect()
    try:
        asked = {name: standard[name] for name in _STANDARD if name != "birth_date"}
        asked |= {"person_id": person, "row": pa.array(np.arange(len(person)))}
        con.register("asked", pa.table(asked))
        rows: list[pa.Table] = []
        crowd: list[pa.Table] = []
        for batch in _batches(register, con):
            con.register("batch", batch)
            with scrubbed("reading the register"):
                rows.append(con.sql(_ROWS).to_arrow_table())
                crowd.append(con.sql(_CROWD).to_arrow_table())
            con.unregister("batch")
        con.register("rows", pa.concat_tables(rows))
        con.register("crowd", pa.concat_tables(crowd))
        with scrubbed("finding who lives where"):
            found = con.sql(_FOUND.format(**_policy(terms)), params=_values(terms, today))
            table = found.to_arrow_table()
    finally:
        con.close()
    return OnFile(table["lives_there"], table["born"], table["residents"])


def _batches(register: Sequence[Path], con: duckdb.DuckDBPyConnection) -> Iterator[pa.Table]:
    for source in register:
        reading = read_batches(source, REGISTER_COLUMNS, required=_NEEDED, loose=True)
        for batch in reading.batches:
            raw = pa.Table.from_batches([batch])
            standard = standardise(con, raw)
            columns = {name: raw[name] for name in _AS_THEY_CAME}
            yield pa.table({**columns, **{name: standard[name] for name in _STANDARD}})


def _policy(terms: AnswerTerms) -> dict[str, str]:
    """SQL: which addresses count (residence.py says it in words), when a unit may be missing."""
    begun = "(began IS NULL OR began <= $today)"
    counts = {
        "current": f"{begun} AND (ended IS NULL OR ended > $today)",
        "last_known": begun,
        "period": f"{begun} AND (ended IS NULL OR ended > $since)",
    }[terms.addresses]
    latest = "true" if terms.addresses == "period" else "began IS NOT DISTINCT FROM latest"
    units = "a.building = h.building AND (a.unit IS NULL) <> (h.unit IS NULL)"
    one_side = units if terms.unit == "missing_on_one_side" else "false"
    return {"counts": counts, "latest": latest, "one_side": one_side}


def _values(terms: AnswerTerms, today: date) -> dict[str, object]:
    since = date(1970, 1, 1) + timedelta(days=AddressPolicy.of(terms, today).since)
    values: dict[str, object] = {"today": today, "not_sealed": _NOT_SEALED}
    return values | ({"since": since} if terms.addresses == "period" else {})


_ROWS = "FROM batch SEMI JOIN asked USING (person_id)"
_CROWD = """
SELECT DISTINCT building, zip5, person_id FROM batch SEMI JOIN asked USING (building, zip5)
"""
# Rows whose dates cannot be read, or end before they begin, are rejected at load.
_FOUND = """
WITH dated AS (
    SELECT *, try_cast(left(trim(address_from), 10) AS DATE) AS began,
        try_cast(left(trim(address_to), 10) AS DATE) AS ended,
        sealed IS NOT NULL AND NOT list_contains($not_sealed, lower(trim(sealed))) AS hidden
    FROM rows),
taken AS (
    SELECT * FROM dated
    WHERE (address_from IS NULL OR began IS NOT NULL) AND (address_to IS NULL OR ended IS NOT NULL)
        AND (began IS NULL OR ended IS NULL OR ended >= began)),
people AS (
    SELECT person_id, any_value(birth_date) AS born, bool_or(hidden) AS hidden
    FROM dated GROUP BY person_id),
counted AS (
    SELECT *, max(began) OVER (PARTITION BY person_id) AS latest FROM taken WHERE {counts}),
homes AS (FROM counted WHERE delivery_point IS NOT NULL AND {latest}),
there AS (
    SELECT DISTINCT a.row FROM asked AS a JOIN homes AS h USING (person_id)
    WHERE (a.delivery_point = h.delivery_point OR ({one_side}))
        AND (a.zip5 = h.zip5
            OR ((a.zip5 IS NULL OR h.zip5 IS NULL) AND a.city = h.city AND a.state = h.state))
        AND (a.state = h.state OR a.state IS NULL OR h.state IS NULL)),
crowds AS (
    SELECT building, zip5, count(DISTINCT person_id) AS residents FROM crowd
    GROUP BY building, zip5)
SELECT there.row IS NOT NULL AND NOT coalesce(hidden, true) AS lives_there, born,
    coalesce(residents, 0) AS residents
FROM asked LEFT JOIN people USING (person_id) LEFT JOIN there USING (row)
LEFT JOIN crowds USING (building, zip5)
ORDER BY asked.row
"""
