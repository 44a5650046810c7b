"""Rows of a register, judged and put into standard form, batch by batch.

A row is taken or rejected, never dropped: a reject is named by file, row and column with its
reason, and never by its value. An address that is no address is no reason to reject a row: that
person can be on file like that, and will simply never be confirmed there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from narrowgate.engine.duck import scrubbed
from narrowgate.register.layout import NAME_KINDS
from narrowgate.standard.form import standardise

_TRUE, _FALSE = ("true", "t", "yes", "y", "1"), ("false", "f", "no", "n", "0")

# What a row of the register becomes. `file` and `row` say where it stood, from 0 and from 1.
# `bucket`: the first byte of the person's key (MD5 of the id; DuckDB's number has it lowest), so
# that a partition holds whole people, and the content's digest does not depend on how many
# partitions there are. `sealed`: null where the row does not say.
ROWS = pa.schema(
    [
        ("file", pa.uint16()),
        ("row", pa.int64()),
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
        ("building", pa.string()),
        ("unit", pa.string()),
        ("city", pa.string()),
        ("state", pa.string()),
        ("zip5", pa.string()),
        ("address_from", pa.date32()),
        ("address_to", pa.date32()),
    ]
)

# Column and reason of each fault, in the order in which they are told; the first one rejects.
_FAULTS: Mapping[str, tuple[str, str]] = {
    "person_id IS NULL": ("person_id", "missing"),
    "std_given IS NULL AND std_family IS NULL": ("family_name", "no name in the row"),
    "std_birth_date_fault IS NOT NULL": ("date_of_birth", "not a date"),
    "address_from IS NOT NULL AND starts IS NULL": ("address_from", "not a date"),
    "address_to IS NOT NULL AND ends IS NULL": ("address_to", "not a date"),
    "ends < starts": ("address_to", "before address_from"),
    "sealed IS NOT NULL AND hidden IS NULL": ("sealed", "neither true nor false"),
    "NOT list_contains($kinds, named)": ("name_kind", "none of legal, former, alias"),
}

REJECTS = pa.schema(
    [
        ("file", pa.uint16()),
        ("row", pa.int64()),
        ("column", pa.string()),
        ("reason", pa.string()),
    ]
)

_WHEN = " ".join(f"WHEN {test} THEN {at}" for at, test in enumerate(_FAULTS))
_JUDGED = f"""
SELECT $file::USMALLINT AS file, row, (CASE {_WHEN} END)::INT AS fault,
    sealed IS NOT NULL AND hidden IS NULL AS unreadable_seal,
    (md5_number_upper(person_id) & 255)::UTINYINT AS bucket, person_id, std_tin AS tin,
    std_birth_date AS birth_date, hidden AS sealed, std_given AS given, std_middle AS middle,
    std_family AS family, std_suffix AS suffix, named AS name_kind,
    std_delivery_point AS delivery_point, std_building AS building, std_unit AS unit,
    std_city AS city, std_state AS state, std_zip5 AS zip5,
    starts AS address_from, ends AS address_to
FROM (SELECT *,
        try_cast(left(trim(address_from), 10) AS DATE) AS starts,
        try_cast(left(trim(address_to), 10) AS DATE) AS ends,
        CASE WHEN list_contains($no, lower(trim(sealed))) THEN false
            WHEN list_contains($yes, lower(trim(sealed))) THEN true END AS hidden,
        coalesce(lower(trim(name_kind)), 'legal') AS named
    FROM rows)
"""


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """`taken`: ROWS. `rejects`: REJECTS. `protected`: person ids (string) of rows whose `sealed`
    cannot be read: it may have meant that the person is protected by law, and nobody is ever
    confirmed because of a slip in that word, so their other rows are sealed (partition.py).
    """

    taken: pa.Table
    rejects: pa.Table
    protected: pa.ChunkedArray


def judge(con: duckdb.DuckDBPyConnection, raw: pa.Table, file: int, first: int) -> Judged:
    """Judge a batch. `raw`: REGISTER_COLUMNS of the `file` of that number; `first`: the number of
    its first row there, from 1.
    """
    columns = {name: raw.column(name) for name in raw.column_names}
    columns |= {f"std_{name}": column for name, column in _standard(con, raw).items()}
    columns["row"] = pa.array(np.arange(first, first + raw.num_rows, dtype=np.int64))
    # One relation holds both: a positional join of two has been seen to part their rows.
    con.register("rows", pa.table(columns))
    try:
        with scrubbed("reading rows of the register"):
            judged = con.sql(
                _JUDGED,
                params={
                    "file": file,
                    "kinds": list(NAME_KINDS),
                    "yes": list(_TRUE),
                    "no": list(_FALSE),
                },
            ).to_arrow_table()
    finally:
        con.unregister("rows")
    faulty = judged.filter(pc.is_valid(judged["fault"]))
    return Judged(
        judged.filter(pc.is_null(judged["fault"]))
        .drop_columns(["fault", "unreadable_seal"])
        .cast(ROWS),
        _rejects(faulty),
        faulty.filter(faulty["unreadable_seal"])["person_id"].drop_null(),
    )


def _standard(con: duckdb.DuckDBPyConnection, raw: pa.Table) -> dict[str, pa.ChunkedArray]:
    standard = standardise(con, raw)
    return {name: standard.column(name) for name in standard.column_names}


def _rejects(judged: pa.Table) -> pa.Table:
    columns, reasons = (pa.array(told) for told in zip(*_FAULTS.values(), strict=True))
    fault = judged["fault"].combine_chunks()
    return pa.table(
        [judged["file"], judged["row"], columns.take(fault), reasons.take(fault)], schema=REJECTS
    )
