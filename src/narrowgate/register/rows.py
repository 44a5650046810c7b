"""Rows of a register, judged and put into standard form, batch by batch.

A row is taken or rejected, never dropped: a reject is named by file, row and column with its
reason, and never by its value. An address that is no address is no reason to reject a row: that
person can be on file like that, and will simply never be confirmed there.
"""

from __future__ import annotations

from collections.abc import Mapping

import duckdb
import pyarrow as pa

from narrowgate.engine.duck import scrubbed
from narrowgate.standard.form import standardise

NAME_KINDS = ("legal", "former", "alias")
_TRUE, _FALSE = ("true", "t", "yes", "y", "1"), ("false", "f", "no", "n", "0")

# What a row of the register becomes. `bucket`: one of 256 by person, so that a partition holds
# whole people and the content's digest does not depend on how many partitions there are.
ROWS = pa.schema(
    [
        ("bucket", pa.uint8()),
        ("person_id", pa.string()),
        ("tin", pa.string()),
        ("birth_date", pa.date32()),
        ("sealed", pa.bool_()),
        ("given", pa.string()),
        ("middle", pa.string()),
        ("family", pa.string()),
        ("suffix", pa.string()),
        ("name_kind", pa.string()),
        ("delivery_point", pa.string()),
        ("city", pa.string()),
        ("state", pa.string()),
        ("zip5", pa.string()),
        ("address_from", pa.date32()),
        ("address_to", pa.date32()),
    ]
)

# Column and reason of each fault, in the order in which they are told; the first one rejects.
_FAULTS: Mapping[str, tuple[str, str]] = {
    "r.person_id IS NULL": ("person_id", "missing"),
    "s.given IS NULL AND s.family IS NULL": ("family_name", "no name in the row"),
    "s.birth_date_fault IS NOT NULL": ("date_of_birth", "not a date"),
    "r.address_from IS NOT NULL AND starts IS NULL": ("address_from", "not a date"),
    "r.address_to IS NOT NULL AND ends IS NULL": ("address_to", "not a date"),
    "ends < starts": ("address_to", "before address_from"),
    "hidden IS NULL": ("sealed", "neither true nor false"),
    "NOT list_contains($kinds, named)": ("name_kind", "none of legal, former, alias"),
}

REJECTS = pa.schema([("row", pa.int64()), ("column", pa.string()), ("reason", pa.string())])


def judge(con: duckdb.DuckDBPyConnection, raw: pa.Table, first: int) -> tuple[pa.Table, pa.Table]:
    """Rows taken, in ROWS, and rejects, in REJECTS. `raw`: REGISTER_COLUMNS; `first`: the number
    of its first row in the file, from 1.
    """
    number = pa.array(range(first, first + raw.num_rows), pa.int64())
    con.register("raw", raw.append_column("row", number))
    con.register("standard", standardise(con, raw))
    verdict = " ".join(f"WHEN {test} THEN {at}" for at, test in enumerate(_FAULTS))
    with scrubbed("reading rows of the register"):
        con.execute(
            f"""
            CREATE OR REPLACE TEMP TABLE judged AS
            SELECT r.row, CASE {verdict} END AS fault, r.person_id, s.*, starts, ends, hidden, named
            FROM (SELECT *,
                    try_cast(left(trim(address_from), 10) AS DATE) AS starts,
                    try_cast(left(trim(address_to), 10) AS DATE) AS ends,
                    CASE WHEN sealed IS NULL OR list_contains($no, lower(trim(sealed))) THEN false
                         WHEN list_contains($yes, lower(trim(sealed))) THEN true END AS hidden,
                    coalesce(lower(trim(name_kind)), 'legal') AS named
                  FROM raw) AS r
            POSITIONAL JOIN standard AS s
            """,
            {"kinds": list(NAME_KINDS), "yes": list(_TRUE), "no": list(_FALSE)},
        )
        taken = con.sql(
            """
            SELECT (md5_number_upper(person_id) >> 56)::UTINYINT AS bucket, person_id, tin,
                birth_date, hidden AS sealed, given, middle, family, suffix, named AS name_kind,
                delivery_point, city, state, zip5, starts AS address_from, ends AS address_to
            FROM judged WHERE fault IS NULL
            """
        ).to_arrow_table()
        faults = con.sql("SELECT row, fault FROM judged WHERE fault IS NOT NULL").fetchall()
    told = list(_FAULTS.values())
    rejects = [{"row": r, "column": told[f][0], "reason": told[f][1]} for r, f in faults]
    con.unregister("raw")
    con.unregister("standard")
    return taken.cast(ROWS), pa.Table.from_pylist(rejects, REJECTS)
