"""One salted commitment an answer, so that one can be proved without showing another.

    salt(row)       = HMAC-SHA256(commitment key of the case, row in decimal)
    canonical(row)  = row, LF, SHA-256 of the record id (hex), LF, answer, LF, codes joined by ","
    commitment(row) = SHA-256("narrowgate/answer/1", LF, salt, canonical)

Commitments are the leaves of an RFC 6962 tree whose root stands in the log's entry. Answers have
low entropy: without the secret salt anybody could try the three words (facts, ledger.md).
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa

from narrowgate.keys.keyed import hmac_sql, pads

TAG = b"narrowgate/answer/1\n"
# Rows a piece that one thread of the engine takes.
_PIECE = 16_384


@dataclass(frozen=True, slots=True)
class Opening:
    """What opens one commitment: its `salt` (32 bytes) and the answer as it was given."""

    row: int
    record_id: str
    answer: str
    reasons: tuple[str, ...]
    salt: bytes


def commitments(con: duckdb.DuckDBPyConnection, table: pa.Table, key: bytes) -> list[bytes]:
    """32 bytes a row of `table` (in ANSWERS), in order. `key`: the case's commitment key."""
    inner, outer = pads(key)
    numbered = table.append_column("row", pa.array(np.arange(len(table), dtype=np.int64)))
    pieces = numbered.combine_chunks().to_batches(max_chunksize=_PIECE)
    con.register("committed_answers", pa.Table.from_batches(pieces, numbered.schema))
    try:
        found = con.sql(
            f"""
            SELECT unhex(sha256($tag::BLOB || {hmac_sql('"row"::VARCHAR')} || encode(concat(
                "row", chr(10), sha256(coalesce(record_id, '')), chr(10), answer, chr(10),
                array_to_string(reasons, ',')))))
            FROM committed_answers ORDER BY "row"
            """,
            params={"tag": TAG, "inner": inner, "outer": outer},
        ).to_arrow_table()
    finally:
        con.unregister("committed_answers")
    return found.column(0).to_pylist()  # type: ignore[no-any-return]


def opening(table: pa.Table, row: int, key: bytes) -> Opening:
    """What must be shown to prove the answer of one row."""
    answer = table.slice(row, 1).to_pylist()[0]
    return Opening(
        row,
        answer["record_id"] or "",
        answer["answer"],
        tuple(answer["reasons"]),
        hmac.digest(key, str(row).encode(), "sha256"),
    )
