"""Raw columns to standard form: the one entry, the same for a request and for a register.

Rows in = rows out, in order. A row's standard form depends on that row alone, so it is the same in
any table, batch and order. Nothing is corrected: what cannot be read is null, or a fault.
"""

from __future__ import annotations

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from narrowgate.standard import names
from narrowgate.standard.addresses import LINE_BREAK, read_lines
from narrowgate.standard.columns import RAW_COLUMNS, STANDARD_COLUMNS
from narrowgate.standard.dates import birth_date
from narrowgate.standard.distinct import by_distinct, columns_by_distinct
from narrowgate.standard.identifiers import read_numbers
from narrowgate.standard.judging import described, judged
from narrowgate.standard.places import read_places

_BATCH = 1 << 19  # rows; bounds memory
_WORTH_SHARING = 0.75  # of the lines distinct; above it, taking back costs what was saved
_SCHEMA = pa.schema(list(STANDARD_COLUMNS.items()))


def standardise(con: duckdb.DuckDBPyConnection, raw: pa.Table) -> pa.Table:
    """`raw` (RAW_COLUMNS at least, text, null where blank) in `STANDARD_COLUMNS`; rows in order.

    `tin_kind` may be missing; KeyError for any other missing column. Never fails on a value.
    """
    parts = [
        _standardise_batch(raw.slice(start, _BATCH)) for start in range(0, raw.num_rows, _BATCH)
    ]
    return pa.concat_tables(parts) if parts else _SCHEMA.empty_table()


def _standardise_batch(raw: pa.Table) -> pa.Table:
    cells = {
        name: raw.column(name).combine_chunks()
        if name != "tin_kind" or name in raw.column_names
        else pa.nulls(raw.num_rows, pa.string())
        for name in RAW_COLUMNS
    }
    places = read_places(cells)
    columns = {
        **_names(cells),
        **_birth(cells["date_of_birth"]),
        **read_numbers(cells["tin"], cells["tin_kind"]),
        **places,
        **judged(places, _described(_lines(cells))),
    }
    return pa.table([columns[name] for name in _SCHEMA.names], schema=_SCHEMA)


def _names(cells: dict[str, pa.Array]) -> dict[str, pa.Array]:
    three_texts = (pa.string(), pa.string(), pa.string())
    given, given_suffix, initial = columns_by_distinct(
        cells["given_name"], names.given_name, three_texts
    )
    family, family_suffix, sound = columns_by_distinct(
        cells["family_name"], names.family_name, three_texts
    )
    own_suffix = by_distinct(cells["name_suffix"], names.name_suffix, pa.string())
    return {
        "given": given,
        "middle": by_distinct(cells["middle_name"], names.middle_name, pa.string()),
        "family": family,
        "suffix": pc.coalesce(own_suffix, family_suffix, given_suffix),
        "name_key": pc.binary_join_element_wise(sound, initial.fill_null(""), " "),
    }


def _birth(cell: pa.Array) -> dict[str, pa.Array]:
    born, fault = columns_by_distinct(cell, birth_date, (pa.date32(), pa.string()))
    return {"birth_date": born, "birth_date_fault": fault}


def _lines(cells: dict[str, pa.Array]) -> pa.Array:
    first, second = cells["address_line1"].fill_null(""), cells["address_line2"].fill_null("")
    second = pc.if_else(pc.equal(first, second), "", second)  # a line copied into both cells
    return pc.binary_join_element_wise(first, second, f" {LINE_BREAK} ")


def _described(lines: pa.Array) -> dict[str, pa.Array]:
    """The addresses of `lines`; in a register, where people share them, each line once."""
    encoded = lines.dictionary_encode()
    if len(encoded.dictionary) > _WORTH_SHARING * len(lines):
        return described(read_lines(lines))
    once = described(read_lines(encoded.dictionary))
    return {name: column.take(encoded.indices) for name, column in once.items()}
