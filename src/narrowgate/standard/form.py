"""Raw columns to standard form: the one entry, the same for a request and for a register.

Rows in = rows out, in order. One SQL pass folds text and settles names, dates and numbers; address
lines go through addresses.py; places are looked up once for each distinct cell; judging.py adds the
faults that need more than the lines. Nothing is corrected: what cannot be read is null or a fault.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from narrowgate.standard import dates, identifiers, names
from narrowgate.standard.addresses import read_lines
from narrowgate.standard.columns import RAW_COLUMNS, STANDARD_COLUMNS
from narrowgate.standard.folding import folded
from narrowgate.standard.judging import judged
from narrowgate.standard.places import COUNTRY_HERE, FOREIGN_COUNTRIES, FOREIGN_REGIONS, STATES
from narrowgate.standard.places import standard_city, zip_agrees

_BATCH = 1 << 18  # rows; bounds memory, and answers do not depend on it


def standardise(con: duckdb.DuckDBPyConnection, raw: pa.Table) -> pa.Table:
    """`raw` (RAW_COLUMNS at least, text, null where blank) in `STANDARD_COLUMNS`; rows in order.

    `tin_kind` may be missing. Raises KeyError for any other missing column; nothing else depends
    on the values.
    """
    schema = pa.schema(list(STANDARD_COLUMNS.items()))
    parts = [
        _standardise_batch(con, raw.slice(start, _BATCH), schema)
        for start in range(0, raw.num_rows, _BATCH)
    ]
    return pa.concat_tables(parts) if parts else schema.empty_table()


def _standardise_batch(
    con: duckdb.DuckDBPyConnection, raw: pa.Table, schema: pa.Schema
) -> pa.Table:
    simple = _simple_columns(con, raw)
    columns: dict[str, pa.Array] = {name: _column(simple, name) for name in simple.column_names}
    lines = read_lines(columns.pop("lines"))
    columns |= _places(columns)
    columns["name_key"] = _name_key(columns["family"], columns["given"])
    columns |= judged(columns, lines)
    return pa.table([columns[name] for name in schema.names], schema=schema)


def _column(table: pa.Table, name: str) -> pa.Array:
    return table.column(name).combine_chunks()


def _query() -> str:
    text = ", ".join(
        f"{folded(name)} AS {name}"
        for name in RAW_COLUMNS
        if name not in ("tin", "tin_kind", "date_of_birth")
    )
    cleaned = ", ".join(
        f"{names.cleaned(name)} AS {name}"
        for name in (
            "given_name",
            "middle_name",
            "family_name",
            "name_suffix",
            "city",
            "state",
            "country",
        )
    )
    own_suffix = names.suffix_word("name_suffix")
    tail = names.suffix_word(names.trailing_suffix("family_name", given=False))
    given_tail = names.suffix_word(names.trailing_suffix("given_name", given=True))
    zip_shape = r"\d{5}([- ]?\d{4})?"
    return f"""
    WITH folded AS (
        SELECT row, {text}, coalesce(trim(date_of_birth), '') AS born,
            {identifiers.digits("trim(tin)")} AS digits,
            lower(trim(coalesce(tin_kind, ''))) AS stated
        FROM raw
    ), cleaned AS (
        SELECT row, {cleaned}, born, digits, stated,
            coalesce(address_line1, '') || ' | ' ||
                CASE WHEN address_line2 IS DISTINCT FROM address_line1
                THEN coalesce(address_line2, '') ELSE '' END AS lines,
            coalesce(trim(postal_code), '') AS postal_code,
            {identifiers.kind("digits")} AS own_kind
        FROM folded
    ), known AS (
        SELECT *, {dates.date("born")} AS birth_date,
            {identifiers.fault("digits", "own_kind", "stated")} AS tin_fault,
            CASE WHEN regexp_full_match(postal_code, '{zip_shape}')
                AND substr(postal_code, 1, 5) NOT IN ('00000', '99999')
                THEN substr(postal_code, 1, 5) END AS zip5
        FROM cleaned
    )
    SELECT row,
        {names.without_extras("given_name", given=True)} AS given,
        nullif(middle_name, '') AS middle,
        {names.without_extras("family_name", given=False)} AS family,
        coalesce({own_suffix}, {tail}, {given_tail}) AS suffix,
        birth_date,
        CASE WHEN born <> '' AND birth_date IS NULL THEN 'invalid' END AS birth_date_fault,
        CASE WHEN tin_fault IS NULL THEN digits END AS tin,
        CASE WHEN tin_fault IS NULL THEN own_kind END AS tin_kind,
        tin_fault, lines, city, state, country, postal_code, zip5,
        CASE WHEN zip5 IS NOT NULL AND length(postal_code) > 5
            AND right(postal_code, 4) <> '0000' THEN right(postal_code, 4) END AS zip4
    FROM known
    """


_QUERY = _query()


def _simple_columns(con: duckdb.DuckDBPyConnection, raw: pa.Table) -> pa.Table:
    """Everything that is an expression over one row's cells."""
    given = {
        name: raw.column(name)
        if name != "tin_kind" or name in raw.column_names
        else pa.nulls(raw.num_rows, pa.string())
        for name in RAW_COLUMNS
    }
    given["row"] = pa.array(range(raw.num_rows), pa.int64())
    cursor = con.cursor()
    cursor.register("raw", pa.table(given))
    try:
        simple = cursor.sql(_QUERY).to_arrow_table()
    finally:
        cursor.unregister("raw")
        cursor.close()
    row = _column(simple, "row")
    if not row.equals(given["row"]):  # a connection told not to keep insertion order
        simple = simple.take(pc.sort_indices(row))
    return simple.drop_columns(["row"])


def _by_distinct(
    column: pa.Array, function: Callable[[str], object], kind: pa.DataType
) -> pa.Array:
    """`function` of each cell, called once a distinct cell; null stays null."""
    encoded = column.dictionary_encode()
    values = [function(cell) for cell in encoded.dictionary.to_pylist()]
    return pa.array(values, kind).take(encoded.indices)


def _places(columns: dict[str, pa.Array]) -> dict[str, pa.Array]:
    """City, state, whether ZIP and state agree, and whether the place is abroad."""
    state = _by_distinct(columns["state"], STATES.get, pa.string())
    city = _by_distinct(columns["city"], lambda cell: standard_city(cell) or None, pa.string())
    abroad = _any_true(
        [
            _by_distinct(columns["country"], _is_foreign_country, pa.bool_()),
            _by_distinct(columns["state"], FOREIGN_REGIONS.__contains__, pa.bool_()),
            pc.match_substring_regex(columns["postal_code"], r"^[A-Z]\d[A-Z][- ]?\d[A-Z]\d$"),
            pc.and_(
                pc.is_null(state),
                _by_distinct(columns["city"], _ends_in_a_country, pa.bool_()),
            ),
        ]
    )
    prefix = pc.utf8_slice_codeunits(columns["zip5"], 0, 3)
    pair = pc.binary_join_element_wise(prefix, state, "")
    agrees = _by_distinct(pair, lambda cell: zip_agrees(cell[:3], cell[3:]), pa.bool_())
    return {"state": state, "city": city, "abroad": abroad, "zip_state_agrees": agrees}


def _any_true(flags: Sequence[pa.Array]) -> pa.Array:
    result = flags[0].fill_null(False)
    for flag in flags[1:]:
        result = pc.or_(result, flag.fill_null(False))
    return result


def _is_foreign_country(cell: str) -> bool:
    return cell != "" and cell not in COUNTRY_HERE


def _ends_in_a_country(cell: str) -> bool:
    words = cell.split(" ")
    return any(" ".join(words[-n:]) in FOREIGN_COUNTRIES for n in (1, 2))


def _name_key(family: pa.Array, given: pa.Array) -> pa.Array:
    """Sound of the family name, a blank, the first letter of the given name."""
    sound = _by_distinct(family, names.sound, pa.string())
    return pc.binary_join_element_wise(
        sound, pc.utf8_slice_codeunits(given, 0, 1).fill_null(""), " "
    )
