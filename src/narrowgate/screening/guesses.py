"""Attempts: how often, and at how many addresses, a subject was asked about, in keyed pseudonyms.

Confirm-only can still be abused by guessing (design, section 3). An attempt is a pair of pseudonyms
(a key of the subject, an address) under the site's key, over standard forms, so that the counter
can neither be read nor joined with anything else. A subject has several keys; another
address under any of them is a guess, the same address again is none. Only rows that go on to be
matched are counted: a refused row has told nothing.
"""

from __future__ import annotations

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from narrowgate.case.history import ATTEMPTS
from narrowgate.catalogue.subject import SUBJECT_KEYS
from narrowgate.engine.duck import scrubbed
from narrowgate.screening.pseudonyms import Pseudonyms

SCHEMA = pa.schema([pa.field("row", pa.int64()), *ATTEMPTS])
ATTEMPTED = ("row", "place", *SUBJECT_KEYS.values())
"""Columns of a record that make an attempt."""
_PLACE = 0  # domain of its pseudonyms; the subject's keys follow


def attempts_of(records: pa.Table, open_rows: npt.NDArray[np.int64], key: bytes) -> pa.Table:
    """The attempts that `open_rows` of `records` make; SCHEMA, by row."""
    asked = records.select(ATTEMPTED).take(pa.array(open_rows))
    asked = asked.filter(asked.column("place").is_valid()).combine_chunks()
    if not asked.num_rows:
        return SCHEMA.empty_table()
    columns = {name: asked.column(name).chunk(0) for name in asked.column_names}
    pseudonyms = Pseudonyms(key)
    address = pseudonyms.of(_PLACE, columns["place"])
    long = pa.concat_tables(
        pa.table([columns["row"], pseudonyms.of(domain, columns[column]), address], schema=SCHEMA)
        for domain, column in enumerate(SUBJECT_KEYS.values(), start=_PLACE + 1)
    )
    long = long.filter(pc.is_valid(long.column("subject")))
    # By row, and within a row in the order of the keys: the same request, the same bytes.
    return long.take(pa.array(np.argsort(long.column("row").to_numpy(), kind="stable")))


def exceeding(
    con: duckdb.DuckDBPyConnection, attempts: pa.Table, past: pa.Table, most_addresses: int
) -> npt.NDArray[np.int64]:
    """Rows whose subject was asked about at `most_addresses` other addresses already."""
    query = (
        "SELECT DISTINCT row FROM attempts JOIN ("
        "SELECT subject, list(DISTINCT address) AS addresses FROM past GROUP BY subject"
        ") AS known USING (subject) "
        "WHERE len(addresses) >= $most AND NOT list_contains(addresses, address) ORDER BY row"
    )
    con.register("attempts", attempts)
    con.register("past", past)
    try:
        with scrubbed("comparing attempts"):
            found = con.sql(query, params={"most": most_addresses}).to_arrow_table()
    finally:
        con.unregister("attempts")
        con.unregister("past")
    return np.asarray(found.column("row").to_numpy(), dtype=np.int64)
