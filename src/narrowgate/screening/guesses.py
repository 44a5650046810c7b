"""Attempts: how often, and at how many addresses, a subject was asked about, in keyed pseudonyms.

Confirm-only can still be abused by guessing (design, section 3). An attempt is a pair of pseudonyms
(a key of the subject, an address), HMAC-SHA256 under the site's key over standard forms, so that
the counter can neither be read nor joined with anything else. A subject has several keys; another
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

SCHEMA = pa.schema([pa.field("row", pa.int64()), *ATTEMPTS])
_BATCH = 16_384  # rows, so that every thread has some
_BLOCK = 64  # bytes, SHA-256 (RFC 2104)


def attempts_of(
    con: duckdb.DuckDBPyConnection,
    records: pa.Table,
    open_rows: npt.NDArray[np.int64],
    key: bytes,
) -> pa.Table:
    """The attempts that `open_rows` of `records` make; SCHEMA, by row."""
    subjects = ", ".join(
        f"{_pseudonym(name, column)} AS {name}" for name, column in SUBJECT_KEYS.items()
    )
    query = (
        f"SELECT row, {subjects}, {_pseudonym('place', 'place')} AS address "
        "FROM asked WHERE place IS NOT NULL"
    )
    padded = key.ljust(_BLOCK, b"\0")
    values = {
        "inner": bytes(byte ^ 0x36 for byte in padded),
        "outer": bytes(byte ^ 0x5C for byte in padded),
    }
    asked = records.select(["row", "place", *SUBJECT_KEYS.values()]).take(pa.array(open_rows))
    con.register(
        "asked", pa.Table.from_batches(asked.combine_chunks().to_batches(_BATCH), asked.schema)
    )
    try:
        with scrubbed("counting attempts"):
            wide = con.sql(query, params=values).to_arrow_table()
    finally:
        con.unregister("asked")
    long = pa.concat_tables(
        wide.select(["row", name, "address"]).rename_columns(SCHEMA.names).cast(SCHEMA)
        for name in SUBJECT_KEYS
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


def _pseudonym(name: str, column: str) -> str:
    """SQL: HMAC-SHA256 of `name`, a separator and the column's text; 32 bytes (RFC 2104)."""
    message = f"encode('{name}' || chr(31) || {column})"
    return f"unhex(sha256($outer || unhex(sha256($inner || {message}))))"
