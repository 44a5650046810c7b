"""What a made-up register says, read plainly, row by row, through the gate's standard form."""

from typing import Any

import duckdb
import pyarrow as pa

from narrowgate.standard.columns import RAW_COLUMNS
from narrowgate.standard.form import standardise


def standard(table: pa.Table) -> list[dict[str, Any]]:
    """The standard forms of a request or register, row by row."""
    count = table.num_rows
    missing = pa.nulls(count, pa.string())
    raw = {
        name: table[name].combine_chunks() if name in table.column_names else missing
        for name in RAW_COLUMNS
    }
    return standardise(duckdb.connect(), pa.table(raw)).to_pylist()


def homes(register: pa.Table) -> dict[str, set[tuple[str, str]]]:
    """By person, where they live: of the addresses that have not ended, those begun last."""
    begun: dict[str, list[tuple[str, str, str]]] = {}
    for row, form in zip(register.to_pylist(), standard(register), strict=True):
        if row["address_to"] is None:
            place = (row["address_from"] or "", form["delivery_point"], form["zip5"])
            begun.setdefault(row["person_id"], []).append(place)
    return {
        person: {place[1:] for place in places if place[0] == max(places)[0]}
        for person, places in begun.items()
    }
